import type { ExchangeVersion } from './versions.ts'

/** The version each field came with: of UnindexedFieldURIType all that Exchange 2013 has but people's and personas'. */
const CAME_WITH: Partial<Record<ExchangeVersion, Record<string, string>>> = {
  Exchange2007_SP1: {
    folder: `
      ChildFolderCount DisplayName EffectiveRights FolderClass FolderId ManagedFolderInformation
      ParentFolderId PermissionSet SearchParameters TotalCount UnreadCount`,
    item: `
      Attachments Body Categories Culture DateTimeCreated DateTimeReceived DateTimeSent DisplayCc DisplayTo
      EffectiveRights HasAttachments Importance InReplyTo InternetMessageHeaders IsDraft IsFromMe IsResend
      IsSubmitted IsUnmodified ItemClass ItemId LastModifiedName LastModifiedTime MimeContent ParentFolderId
      ReminderDueBy ReminderIsSet ReminderMinutesBeforeStart ResponseObjects Sensitivity Size Subject`,
    message: `
      BccRecipients CcRecipients ConversationIndex ConversationTopic From InternetMessageId
      IsDeliveryReceiptRequested IsRead IsReadReceiptRequested IsResponseRequested ReceivedBy
      ReceivedRepresenting References ReplyTo Sender ToRecipients`,
    calendar: `
      AdjacentMeetingCount AdjacentMeetings AllowNewTimeProposal AppointmentReplyTime
      AppointmentSequenceNumber AppointmentState CalendarItemType ConferenceType ConflictingMeetingCount
      ConflictingMeetings DateTimeStamp DeletedOccurrences Duration End FirstOccurrence IsAllDayEvent
      IsCancelled IsMeeting IsOnlineMeeting IsRecurring IsResponseRequested LastOccurrence
      LegacyFreeBusyStatus Location MeetingRequestWasSent MeetingTimeZone MeetingWorkspaceUrl
      ModifiedOccurrences MyResponseType NetShowUrl OptionalAttendees Organizer OriginalStart Recurrence
      RecurrenceId RequiredAttendees Resources Start StartTimeZone TimeZone UID When`,
    meeting: 'AssociatedCalendarItemId HasBeenProcessed IsDelegated IsOutOfDate ResponseType',
    meetingRequest: 'IntendedFreeBusyStatus MeetingRequestType',
    contacts: `
      AssistantName Birthday BusinessHomePage Children Companies CompanyName CompleteName ContactSource
      Department DisplayName EmailAddresses FileAs FileAsMapping Generation GivenName ImAddresses Initials
      JobTitle Manager MiddleName Mileage Nickname OfficeLocation PhoneNumbers PhysicalAddresses
      PostalAddressIndex Profession SpouseName Surname WeddingAnniversary`,
    task: `
      ActualWork AssignedTime BillingInformation ChangeCount Companies CompleteDate Contacts DelegationState
      Delegator DueDate IsAssignmentEditable IsComplete IsRecurring IsTeamTask Mileage Owner PercentComplete
      Recurrence StartDate Status StatusDescription TotalWork`,
    postitem: 'PostedTime',
  },
  Exchange2010: {
    item: 'ConversationId IsAssociated UniqueBody WebClientEditFormQueryString WebClientReadFormQueryString',
    calendar: 'EndTimeZone',
    contacts: 'HasPicture',
    distributionlist: 'Members',
  },
  Exchange2010_SP1: {
    contacts: `
      Alias DirectReports DirectoryId MSExchangeCertificate ManagerMailbox Notes PhoneticFirstName
      PhoneticFullName PhoneticLastName Photo UserSMIMECertificate`,
    conversation: `
      Categories ConversationId ConversationTopic FlagStatus GlobalCategories GlobalFlagStatus
      GlobalHasAttachments GlobalImportance GlobalItemClasses GlobalItemIds GlobalLastDeliveryTime
      GlobalMessageCount GlobalSize GlobalUniqueRecipients GlobalUniqueSenders GlobalUniqueUnreadSenders
      GlobalUnreadCount HasAttachments Importance ItemClasses ItemIds LastDeliveryTime MessageCount Size
      UniqueRecipients UniqueSenders UniqueUnreadSenders UnreadCount`,
  },
  Exchange2010_SP2: {
    item: 'StoreEntryId',
  },
  Exchange2013: {
    folder: 'ArchiveTag DistinguishedFolderId PolicyTag',
    item: `
      ArchiveTag EntityExtractionResult Flag IconIndex InstanceKey NormalizedBody PolicyTag Preview
      RetentionDate TextBody`,
    message: 'ApprovalRequestData VotingInformation',
    calendar: `
      EnhancedLocation JoinOnlineMeetingUrl OnlineMeetingSettings StartWallClock EndWallClock StartTimeZoneId
      EndTimeZoneId IsOrganizer`,
    meeting: 'ProposedEnd ProposedStart',
    meetingRequest: 'ChangeHighlights',
    conversation: `
      DraftItemIds GlobalHasIrm GlobalIconIndex HasIrm IconIndex InstanceKey LastModifiedTime Preview`,
  },
}

export const FIELDS: ReadonlyMap<string, ExchangeVersion> = new Map(
  Object.entries(CAME_WITH).flatMap(([version, families]) =>
    Object.entries(families).flatMap(([family, names]) =>
      names
        .trim()
        .split(/\s+/)
        .map((name): [string, ExchangeVersion] => [`${family}:${name}`, version as ExchangeVersion]),
    ),
  ),
)

/** Which family of fields the elements of a type belong to. */
const FAMILIES: Record<string, string> = {
  ItemType: 'item',
  MessageType: 'message',
  CalendarItemType: 'calendar',
  MeetingMessageType: 'meeting',
  MeetingRequestMessageType: 'meetingRequest',
  BaseFolderType: 'folder',
  FolderType: 'folder',
}
export const fieldOf = (type: string, element: string): string | null =>
  FAMILIES[type] === undefined ? null : `${FAMILIES[type]}:${element}`

/** Elements, `@attributes` and values that are no fields and came late: each one's page in the web service reference. */
export const LATE: Readonly<Record<string, ExchangeVersion>> = {
  GetServerTimeZones: 'Exchange2010',
  TimeZoneContext: 'Exchange2010',
  FilterHtmlContent: 'Exchange2010',
  SyncScope: 'Exchange2010',
  ConvertHtmlCodePageToUTF8: 'Exchange2010_SP1',
  StreamingSubscriptionRequest: 'Exchange2010_SP1',
  GetStreamingEvents: 'Exchange2010_SP1',
  ReturnNewItemIds: 'Exchange2010_SP1',
  '@ContactDataShape': 'Exchange2010_SP2',
  UniqueBodyType: 'Exchange2013',
  NormalizedBodyType: 'Exchange2013',
  '@SuppressReadReceipts': 'Exchange2013_SP1',
  PcxPeopleSearch: 'Exchange2013',
  WorkingElsewhere: 'Exchange2013',
  ...Object.fromEntries(
    `syncissues conflicts localfailures serverfailures recipientcache quickcontacts conversationhistory adminauditlogs
      todosearch mycontacts directory imcontactlist peopleconnect favorites`
      .split(/\s+/)
      .map((name) => [name, 'Exchange2013' as const]),
  ),
}
