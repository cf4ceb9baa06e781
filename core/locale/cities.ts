import type { Instant, Zone } from '#core/time/model.ts'
import { zone as knownZone } from '#core/time/zone.ts'
import { zoneCity, zoneName } from './dates.ts'
import type { Locale } from './locale.ts'

/** Cities whose Italian name differs from the one in the IANA database. */
const IN_ITALIAN: Readonly<Record<string, string>> = {
  'Africa/Addis_Ababa': 'Addis Abeba',
  'Africa/Algiers': 'Algeri',
  'Africa/Cairo': 'Il Cairo',
  'Africa/Djibouti': 'Gibuti',
  'Africa/Khartoum': 'Khartum',
  'Africa/Mogadishu': 'Mogadiscio',
  'Africa/Tunis': 'Tunisi',
  'America/Havana': 'L’Avana',
  'America/Jamaica': 'Giamaica',
  'America/Mexico_City': 'Città del Messico',
  'America/Sao_Paulo': 'San Paolo',
  'Asia/Damascus': 'Damasco',
  'Asia/Jakarta': 'Giacarta',
  'Asia/Jerusalem': 'Gerusalemme',
  'Asia/Kathmandu': 'Katmandu',
  'Asia/Riyadh': 'Riad',
  'Asia/Seoul': 'Seul',
  'Asia/Tehran': 'Teheran',
  'Atlantic/Azores': 'Azzorre',
  'Atlantic/Canary': 'Canarie',
  'Europe/Athens': 'Atene',
  'Europe/Belgrade': 'Belgrado',
  'Europe/Berlin': 'Berlino',
  'Europe/Brussels': 'Bruxelles',
  'Europe/Bucharest': 'Bucarest',
  'Europe/Copenhagen': 'Copenaghen',
  'Europe/Dublin': 'Dublino',
  'Europe/Kyiv': 'Kiev',
  'Europe/Lisbon': 'Lisbona',
  'Europe/Ljubljana': 'Lubiana',
  'Europe/London': 'Londra',
  'Europe/Luxembourg': 'Lussemburgo',
  'Europe/Moscow': 'Mosca',
  'Europe/Paris': 'Parigi',
  'Europe/Prague': 'Praga',
  'Europe/Rome': 'Roma',
  'Europe/Stockholm': 'Stoccolma',
  'Europe/Vatican': 'Città del Vaticano',
  'Europe/Warsaw': 'Varsavia',
  'Europe/Zagreb': 'Zagabria',
  'Europe/Zurich': 'Zurigo',
}

/** Cities people look for that gave no zone its name. */
const ALSO: Readonly<Record<Zone, string>> = {
  'Europe/Rome':
    'milano milan napoli naples torino turin palermo genova bologna firenze florence bari catania venezia venice verona trieste cagliari padova italia italy',
  'Europe/London':
    'manchester birmingham edinburgh edimburgo glasgow liverpool leeds bristol cardiff united kingdom regno unito england inghilterra scotland scozia',
  'Europe/Paris': 'lyon lione marseille marsiglia toulouse nice nizza bordeaux lille france francia',
  'Europe/Berlin':
    'hamburg amburgo munich münchen monaco di baviera cologne colonia köln frankfurt francoforte stuttgart stoccarda düsseldorf leipzig germany germania',
  'Europe/Madrid': 'barcelona barcellona valencia sevilla siviglia bilbao málaga spain spagna',
  'Europe/Amsterdam': 'rotterdam utrecht the hague l’aia netherlands paesi bassi olanda',
  'Europe/Zurich': 'geneva ginevra basel basilea bern berna lugano lausanne losanna switzerland svizzera',
  'Europe/Brussels': 'antwerp anversa ghent belgium belgio',
  'Europe/Vienna': 'salzburg salisburgo graz innsbruck austria',
  'Europe/Lisbon': 'porto portugal portogallo',
  'Europe/Dublin': 'cork ireland irlanda',
  'Europe/Warsaw': 'krakow cracovia wroclaw gdansk danzica poland polonia',
  'Europe/Kyiv': 'lviv leopoli odesa kharkiv ukraine ucraina',
  'Europe/Moscow': 'saint petersburg san pietroburgo',
  'Europe/Istanbul': 'ankara izmir smirne turkey turchia',
  'America/New_York':
    'boston washington philadelphia filadelfia miami atlanta charlotte baltimore orlando pittsburgh',
  'America/Chicago': 'houston dallas austin san antonio minneapolis new orleans st louis nashville',
  'America/Denver': 'salt lake city albuquerque colorado springs',
  'America/Los_Angeles': 'san francisco seattle san diego las vegas portland sacramento san jose california',
  'America/Toronto': 'montreal ottawa québec',
  'America/Edmonton': 'calgary',
  'America/Mexico_City': 'guadalajara puebla',
  'America/Sao_Paulo': 'rio de janeiro brasilia curitiba belo horizonte porto alegre',
  'America/Argentina/Buenos_Aires': 'rosario',
  'Asia/Kolkata': 'mumbai delhi new delhi nuova delhi bangalore bengaluru chennai hyderabad pune india',
  'Asia/Shanghai': 'beijing pechino shenzhen guangzhou canton chengdu china cina',
  'Asia/Tokyo': 'osaka kyoto nagoya sapporo japan giappone',
  'Asia/Ho_Chi_Minh': 'hanoi saigon vietnam',
  'Asia/Dubai': 'abu dhabi',
  'Asia/Jerusalem': 'tel aviv haifa',
  'Asia/Karachi': 'lahore islamabad',
  'Africa/Johannesburg': 'cape town città del capo durban pretoria',
  'Africa/Lagos': 'abuja',
  'Australia/Sydney': 'canberra',
}

/** The city a zone is named after, as people of that language call it. */
export const cityOf = (locale: Locale, zone: Zone): string =>
  (locale === 'it' ? IN_ITALIAN[zone] : undefined) ?? zoneCity(zone)

/** The two halves of a zone's spoken name: "Central European Time" and "Oslo"; the city is null where the zone has none. */
export const spokenZone = (
  locale: Locale,
  zone: Zone,
  instant: Instant,
): { name: string; city: string | null } => ({
  name: zone === 'UTC' ? 'UTC' : zoneName(locale, zone, instant),
  city: zone === 'UTC' || zone.startsWith('Etc/') ? null : cityOf(locale, zone),
})

/** Every zone with its city, in the order of that language's alphabet. */
export function zonesByCity(locale: Locale): { zone: Zone; city: string }[] {
  const { compare } = new Intl.Collator(locale)
  return allZones()
    .map((zone) => ({ zone, city: cityOf(locale, zone) }))
    .sort((a, b) => compare(a.city, b.city))
}

/** The zones a person may mean by what they typed: a city in either language, a country's name for a few, or the zone's own name. */
export function findZones(typed: string): Zone[] {
  const exact = knownZone(typed.trim())
  if (exact) return [exact]
  const wanted = plain(typed)
  if (wanted.length < 2) return []
  names ??= allZones().map((zone) => ({
    zone,
    cities: [zoneCity(zone), IN_ITALIAN[zone] ?? ''].map(plain),
    also: ` ${plain(ALSO[zone] ?? '')} `,
  }))
  const same = names.filter(({ cities }) => cities.includes(wanted))
  if (same.length > 0) return same.map(({ zone }) => zone)
  const listed = names.filter(({ also }) => also.includes(` ${wanted} `))
  if (listed.length > 0) return listed.map(({ zone }) => zone)
  return names
    .filter(
      ({ cities, also }) => cities.some((city) => city.startsWith(wanted)) || also.includes(` ${wanted}`),
    )
    .map(({ zone }) => zone)
}

let names: { zone: Zone; cities: string[]; also: string }[] | null = null

const allZones = (): Zone[] => [
  ...new Set(['UTC', ...Intl.supportedValuesOf('timeZone')].map((name) => knownZone(name) ?? name)),
]

/** As people type it: no accents, no capitals, one space. */
const plain = (text: string): string =>
  text
    .slice(0, 100)
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
