import { describe, expect, test } from 'vitest'
import { contains, isPublic, readAddress, readHost, readNet, readPair } from './addresses.ts'

describe('H03 who can stand on the open internet', () => {
  test.each([
    ['0.0.0.0', '0.255.255.255', '1.0.0.0'],
    ['10.0.0.0', '10.255.255.255', '11.0.0.0'],
    ['100.64.0.0', '100.127.255.255', '100.128.0.0'],
    ['127.0.0.0', '127.255.255.255', '128.0.0.0'],
    ['169.254.0.0', '169.254.255.255', '169.255.0.0'],
    ['172.16.0.0', '172.31.255.255', '172.32.0.0'],
    ['192.0.0.0', '192.0.0.255', '192.0.1.0'],
    ['192.0.2.0', '192.0.2.255', '192.0.3.0'],
    ['192.88.99.0', '192.88.99.255', '192.88.100.0'],
    ['192.168.0.0', '192.168.255.255', '192.169.0.0'],
    ['198.18.0.0', '198.19.255.255', '198.20.0.0'],
    ['198.51.100.0', '198.51.100.255', '198.51.101.0'],
    ['203.0.113.0', '203.0.113.255', '203.0.114.0'],
    ['224.0.0.0', '239.255.255.255', '223.255.255.255'],
    ['240.0.0.0', '255.255.255.255', '223.0.0.0'],
    ['2001::', '2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff', '2001:200::'],
    ['2001:db8::', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff', '2001:db9::'],
    ['2002::', '2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff', '2003::'],
    ['3fff::', '3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff', '3fff:1000::'],
    ['::', '1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', '2000::'],
    ['4000::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', '3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ])('from %s to %s nobody, at %s somebody', (first, last, outside) => {
    expect([first, last, outside].map(isPublic)).toEqual([false, false, true])
  })

  test.each([
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '::8.8.8.8',
    '64:ff9b::7f00:1',
    '64:ff9b::8.8.8.8',
    '2002:7f00:1::',
    '2001:0:53aa:64c::1',
    'fd00:ec2::254',
    'fe80::1',
    'fec0::1',
    'ff02::1',
    '100::1',
  ])('H02 %s is refused, whatever IPv4 address it wraps', (text) => expect(isPublic(text)).toBe(false))
})

test.each([
  '',
  '1',
  '127.1',
  '0177.0.0.1',
  '0x7f.0.0.1',
  '2130706433',
  '1.2.3.4.5',
  '256.1.1.1',
  '01.2.3.4',
  '1.2.3',
  ':',
  ':::',
  '1::2::3',
  '12345::',
  'g::',
  '::1%lo',
  'fe80::1%eth0',
  '1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:8:9',
  '1:2:3:4:5:6:7::8',
  '::1.2.3',
  '::256.1.1.1',
  '127.0.0.1 ',
  'localhost',
])('%j is no address and so never public', (text) => {
  expect(readAddress(text)).toBeNull()
  expect(isPublic(text)).toBe(false)
})

test('an address has one value however it is written', () => {
  expect(readAddress('::FFFF:127.0.0.1')).toEqual(readAddress('0:0:0:0:0:ffff:7f00:1'))
  expect(readAddress('2001:DB8::1')).toEqual(readAddress('2001:db8:0:0:0:0:0:1'))
  expect(readAddress('1.2.3.4')).toEqual({ family: 4, value: 0x01020304n })
})

test('a net holds its own addresses and no other family', () => {
  const home = readNet('10.1.0.0/16')!
  expect(contains(home, readAddress('10.1.255.255')!)).toBe(true)
  expect(contains(home, readAddress('10.2.0.0')!)).toBe(false)
  expect(contains(readNet('0.0.0.0/0')!, readAddress('::1')!)).toBe(false)
  expect(contains(readNet('::/0')!, readAddress('::1')!)).toBe(true)
  expect(contains(readNet('192.0.2.7')!, readAddress('192.0.2.7')!)).toBe(true)
  expect(['10.0.0.0/33', '10.0.0.0/-1', '10.0.0.0/8/8', '10.0.0.0/', 'ten/8', '::/129'].map(readNet)).toEqual(
    Array(6).fill(null),
  )
})

test('a host has one spelling, and what is more than a host is none', () => {
  expect(
    [
      'EXAMPLE.com',
      '①②⑦.⓪.⓪.①',
      '127。0。0。1',
      '0x7f.1',
      '2130706433',
      '::1',
      '[::1]',
      'bücher.example',
    ].map(readHost),
  ).toEqual([
    'example.com',
    '127.0.0.1',
    '127.0.0.1',
    '127.0.0.1',
    '127.0.0.1',
    '[::1]',
    '[::1]',
    'xn--bcher-kva.example',
  ])
  expect(
    [
      '',
      'a:80',
      'a/b',
      'a@b',
      'a?b',
      'a#b',
      'a b',
      'a%62',
      '[::1]:80',
      '[::1',
      'fe80::1%lo',
      'a'.repeat(300),
    ].map(readHost),
  ).toEqual(Array(12).fill(null))
})

test('a pair is host:port and nothing else', () => {
  expect(['192.168.1.5:5232', ' LocalHost:5232', '[::1]:80', 'nas.lan:00080'].map(readPair)).toEqual([
    '192.168.1.5:5232',
    'localhost:5232',
    '[::1]:80',
    'nas.lan:80',
  ])
  expect(
    [
      'localhost',
      'localhost:',
      ':80',
      'localhost:0',
      'localhost:65536',
      '::1:80',
      'http://localhost:80',
      'a b:80',
      '10.0.0.0/8:80',
      '*:80',
    ].map(readPair),
  ).toEqual([null, null, null, null, null, null, null, null, null, null])
})
