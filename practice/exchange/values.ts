export type Value =
  | { one: readonly string[] }
  | { of: string; from?: number; to?: number; least?: number; pattern?: RegExp }
  | { list: string }
  | { any: readonly string[] }

/** The simple types of Microsoft's schema that order.ts speaks of; its fields are in fields.ts. */
export const VALUES: Record<string, Value> = {
  FolderQueryTraversalType: { one: 'Shallow Deep SoftDeleted'.split(' ') },
  SyncFolderItemsScopeType: { one: 'NormalItems NormalAndAssociatedItems'.split(' ') },
  MaxSyncChangesReturnedType: { of: 'int', from: 1, to: 512 },
  ItemQueryTraversalType: { one: 'Shallow SoftDeleted Associated'.split(' ') },
  MessageDispositionType: { one: 'SaveOnly SendOnly SendAndSaveCopy'.split(' ') },
  CalendarItemCreateOrDeleteOperationType: {
    one: `SendToNone SendOnlyToAll SendToAllAndSaveCopy`.split(' '),
  },
  ConflictResolutionType: { one: 'NeverOverwrite AutoResolve AlwaysOverwrite'.split(' ') },
  CalendarItemUpdateOperationType: {
    one: `SendToNone SendOnlyToAll SendOnlyToChanged SendToAllAndSaveCopy SendToChangedAndSaveCopy`.split(
      ' ',
    ),
  },
  DisposalType: { one: 'HardDelete SoftDelete MoveToDeletedItems'.split(' ') },
  AffectedTaskOccurrencesType: { one: 'AllOccurrences SpecifiedOccurrenceOnly'.split(' ') },
  ResolveNamesSearchScopeType: {
    one: `ActiveDirectory ActiveDirectoryContacts Contacts ContactsActiveDirectory`.split(' '),
  },
  DefaultShapeNamesType: { one: 'IdOnly Default AllProperties PcxPeopleSearch'.split(' ') },
  NonEmptyStringType: { of: 'string', least: 1 },
  SubscriptionIdType: { of: 'NonEmptyStringType' },
  WatermarkType: { of: 'NonEmptyStringType' },
  StreamingSubscriptionConnectionTimeoutType: { of: 'int', from: 1, to: 30 },
  ExchangeVersionType: {
    one: `Exchange2007 Exchange2007_SP1 Exchange2009 Exchange2010 Exchange2010_SP1 Exchange2010_SP2
      Exchange2012 Exchange2013 Exchange2013_SP1 Exchange2015 Exchange2016 V2015_10_05 V2016_01_06
      V2016_04_13 V2016_07_13 V2016_10_10`.split(/\s+/),
  },
  IndexBasePointType: { one: 'Beginning End'.split(' ') },
  BodyTypeResponseType: { one: 'Best HTML Text'.split(' ') },
  SubscriptionTimeoutType: { of: 'int', from: 1, to: 1_440 },
  'FreeBusyViewType.item': {
    one: `None MergedOnly FreeBusy FreeBusyMerged Detailed DetailedMerged`.split(' '),
  },
  FreeBusyViewType: { list: 'FreeBusyViewType.item' },
  ContainmentModeType: { one: 'FullString Prefixed Substring PrefixOnWords ExactPhrase'.split(' ') },
  ContainmentComparisonType: {
    one: `Exact IgnoreCase IgnoreNonSpacingCharacters Loose IgnoreCaseAndNonSpacingCharacters
      LooseAndIgnoreCase LooseAndIgnoreNonSpace LooseAndIgnoreCaseAndIgnoreNonSpace`.split(/\s+/),
  },
  DistinguishedFolderIdNameType: {
    one: `calendar contacts deleteditems drafts inbox journal notes outbox sentitems tasks msgfolderroot
      publicfoldersroot root junkemail searchfolders voicemail recoverableitemsroot
      recoverableitemsdeletions recoverableitemsversions recoverableitemspurges
      recoverableitemsdiscoveryholds archiveroot archivemsgfolderroot archivedeleteditems archiveinbox
      archiverecoverableitemsroot archiverecoverableitemsdeletions archiverecoverableitemsversions
      archiverecoverableitemspurges archiverecoverableitemsdiscoveryholds syncissues conflicts
      localfailures serverfailures recipientcache quickcontacts conversationhistory adminauditlogs
      todosearch mycontacts directory imcontactlist peopleconnect favorites mecontact personmetadata
      teamspaceactivity teamspacemessaging teamspaceworkitems scheduled orionnotes tagitems alltaggeditems
      externalcontacts teamchat yammerroot yammerinbound yammeroutbound yammerfeeds onedriveroot
      onedriverecylebin onedrivesystem onedrivevolume`.split(/\s+/),
  },
  DerivedItemIdType: { of: 'string' },
  SortDirectionType: { one: 'Ascending Descending'.split(' ') },
  ItemClassType: { of: 'string' },
  SensitivityChoicesType: { one: 'Normal Personal Private Confidential'.split(' ') },
  ImportanceChoicesType: { one: 'Low Normal High'.split(' ') },
  'ReminderMinutesBeforeStartType.0': { of: 'int', from: 0, to: 2_629_800 },
  'ReminderMinutesBeforeStartType.1': { of: 'int', from: 1_525_252_321, to: 1_525_252_321 },
  ReminderMinutesBeforeStartType: {
    any: ['ReminderMinutesBeforeStartType.0', 'ReminderMinutesBeforeStartType.1'],
  },
  LegacyFreeBusyType: { one: 'Free Tentative Busy OOF WorkingElsewhere NoData'.split(' ') },
  CalendarItemTypeType: { one: 'Single Occurrence Exception RecurringMaster'.split(' ') },
  ResponseTypeType: { one: 'Unknown Organizer Tentative Accept Decline NoResponseReceived'.split(' ') },
  MeetingRequestTypeType: {
    one: `None FullUpdate InformationalUpdate NewMeetingRequest Outdated SilentUpdate PrincipalWantsCopy`.split(
      ' ',
    ),
  },
  NotificationEventTypeType: {
    one: `CopiedEvent CreatedEvent DeletedEvent ModifiedEvent MovedEvent NewMailEvent FreeBusyChangedEvent`.split(
      ' ',
    ),
  },
  DayOfWeekType: {
    one: `Sunday Monday Tuesday Wednesday Thursday Friday Saturday Day Weekday WeekendDay`.split(' '),
  },
  MeetingAttendeeType: { one: 'Organizer Required Optional Room Resource'.split(' ') },
  DictionaryURIType: {
    one: `item:InternetMessageHeader contacts:ImAddress contacts:PhysicalAddress:Street
      contacts:PhysicalAddress:City contacts:PhysicalAddress:State
      contacts:PhysicalAddress:CountryOrRegion contacts:PhysicalAddress:PostalCode contacts:PhoneNumber
      contacts:EmailAddress distributionlist:Members:Member`.split(/\s+/),
  },
  DistinguishedPropertySetType: {
    one: `Meeting Appointment Common PublicStrings Address InternetHeaders CalendarAssistant UnifiedMessaging
      Task Sharing`.split(/\s+/),
  },
  GuidType: {
    of: 'string',
    pattern: /^(?:[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12})$/,
  },
  'PropertyTagType.0': { of: 'string', pattern: /^(?:(0x|0X)[0-9A-Fa-f]{1,4})$/ },
  PropertyTagType: { any: ['unsignedShort', 'PropertyTagType.0'] },
  MapiPropertyTypeType: {
    one: `ApplicationTime ApplicationTimeArray Binary BinaryArray Boolean CLSID CLSIDArray Currency
      CurrencyArray Double DoubleArray Error Float FloatArray Integer IntegerArray Long LongArray Null
      Object ObjectArray Short ShortArray SystemTime SystemTimeArray String StringArray`.split(/\s+/),
  },
  ExcludesAttributeType: { of: 'string', pattern: /^(?:((0x|0X)[0-9A-Fa-f]*)|([0-9]*))$/ },
  MailboxTypeType: {
    one: `Unknown OneOff Mailbox PublicDL PrivateDL Contact PublicFolder GroupMailbox ImplicitContact`.split(
      ' ',
    ),
  },
  ConnectionStatusType: { one: 'OK Closed'.split(' ') },
  ResponseClassType: { one: 'Success Warning Error'.split(' ') },
  // Five hundred names; that ours are among them, the contracts see to.
  'm:ResponseCodeType': { of: 'string', pattern: /^(?:NoError|Error[A-Za-z0-9]+)$/ },
  BodyTypeType: { one: 'HTML Text'.split(' ') },
  FlagStatusType: { one: 'NotFlagged Flagged Complete'.split(' ') },
  DayOfWeekIndexType: { one: 'First Second Third Fourth Last'.split(' ') },
  MonthNamesType: {
    one: `January February March April May June July August September October November December`.split(' '),
  },
  DaysOfWeekType: { list: 'DayOfWeekType' },
  TransitionTargetKindType: { one: 'Period Group'.split(' ') },
}
