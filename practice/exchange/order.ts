/**
 * What an envelope of Exchange Web Services may hold, and in which order: facts of Microsoft's own schema (messages.xsd and
 * types.xsd, which every Exchange server shows at `/EWS/`), for the operations and the kinds of items this server knows.
 * tests/contracts/exchange.test.ts holds these tables against that schema.
 *
 * Of each type: `<Base` what it adds to, `=string` the text it holds, `@Name:type` attributes (`!` required), then its elements as
 * `Name:Type` in order, `?` `*` `+` `{0,100}` how often, `( | )` one of them, `{ }` together. Types without a prefix are those of
 * types.xsd, in lower case those of XML Schema itself; elements live in the namespace of the type they stand in unless they say so.
 */
export const TYPES: Record<string, string> = {
  'm:FindFolderType': `
    @Traversal:FolderQueryTraversalType! FolderShape:FolderResponseShapeType
    (IndexedPageFolderView:IndexedPageViewType)? Restriction:RestrictionType?
    ParentFolderIds:NonEmptyArrayOfBaseFolderIdsType`,
  'm:FindFolderResponseType': '<m:BaseResponseMessageType',
  'm:GetFolderType': 'FolderShape:FolderResponseShapeType FolderIds:NonEmptyArrayOfBaseFolderIdsType',
  'm:GetFolderResponseType': '<m:BaseResponseMessageType',
  'm:SyncFolderHierarchyType': `
    FolderShape:FolderResponseShapeType SyncFolderId:TargetFolderIdType? SyncState:string?`,
  'm:SyncFolderHierarchyResponseType': '<m:BaseResponseMessageType',
  'm:SyncFolderItemsType': `
    ItemShape:ItemResponseShapeType SyncFolderId:TargetFolderIdType SyncState:string?
    Ignore:ArrayOfBaseItemIdsType? MaxChangesReturned:MaxSyncChangesReturnedType
    SyncScope:SyncFolderItemsScopeType?`,
  'm:SyncFolderItemsResponseType': '<m:BaseResponseMessageType',
  'm:GetItemType': 'ItemShape:ItemResponseShapeType ItemIds:NonEmptyArrayOfBaseItemIdsType',
  'm:GetItemResponseType': '<m:BaseResponseMessageType',
  'm:FindItemType': `
    @Traversal:ItemQueryTraversalType! ItemShape:ItemResponseShapeType
    (IndexedPageItemView:IndexedPageViewType | CalendarView:CalendarViewType)? Restriction:RestrictionType?
    SortOrder:NonEmptyArrayOfFieldOrdersType? ParentFolderIds:NonEmptyArrayOfBaseFolderIdsType
    QueryString:m:QueryStringType?`,
  'm:FindItemResponseType': '<m:BaseResponseMessageType',
  'm:CreateItemType': `
    @MessageDisposition:MessageDispositionType
    @SendMeetingInvitations:CalendarItemCreateOrDeleteOperationType SavedItemFolderId:TargetFolderIdType?
    Items:NonEmptyArrayOfAllItemsType`,
  'm:CreateItemResponseType': '<m:BaseResponseMessageType',
  'm:UpdateItemType': `
    @ConflictResolution:ConflictResolutionType! @MessageDisposition:MessageDispositionType
    @SendMeetingInvitationsOrCancellations:CalendarItemUpdateOperationType @SuppressReadReceipts:boolean
    SavedItemFolderId:TargetFolderIdType? ItemChanges:NonEmptyArrayOfItemChangesType`,
  'm:UpdateItemResponseType': '<m:BaseResponseMessageType',
  'm:DeleteItemType': `
    @DeleteType:DisposalType! @SendMeetingCancellations:CalendarItemCreateOrDeleteOperationType
    @AffectedTaskOccurrences:AffectedTaskOccurrencesType @SuppressReadReceipts:boolean
    ItemIds:NonEmptyArrayOfBaseItemIdsType`,
  'm:DeleteItemResponseType': '<m:BaseResponseMessageType',
  'm:MoveItemType': '<m:BaseMoveCopyItemType',
  'm:MoveItemResponseType': '<m:BaseResponseMessageType',
  'm:GetServerTimeZonesType': '@ReturnFullTimeZoneData:boolean Ids:NonEmptyArrayOfTimeZoneIdType?',
  'm:GetServerTimeZonesResponseType': '<m:BaseResponseMessageType',
  'm:ResolveNamesType': `
    @ReturnFullContactData:boolean! @SearchScope:ResolveNamesSearchScopeType
    @ContactDataShape:DefaultShapeNamesType ParentFolderIds:NonEmptyArrayOfBaseFolderIdsType?
    UnresolvedEntry:NonEmptyStringType`,
  'm:ResolveNamesResponseType': '<m:BaseResponseMessageType',
  'm:SubscribeType': `
    (PullSubscriptionRequest:PullSubscriptionRequestType |
    StreamingSubscriptionRequest:StreamingSubscriptionRequestType)`,
  'm:SubscribeResponseType': '<m:BaseResponseMessageType',
  'm:UnsubscribeType': 'SubscriptionId:SubscriptionIdType',
  'm:UnsubscribeResponseType': '<m:BaseResponseMessageType',
  'm:GetEventsType': 'SubscriptionId:SubscriptionIdType Watermark:WatermarkType',
  'm:GetEventsResponseType': '<m:BaseResponseMessageType',
  'm:GetStreamingEventsType': `
    SubscriptionIds:NonEmptyArrayOfSubscriptionIdsType
    ConnectionTimeout:StreamingSubscriptionConnectionTimeoutType`,
  'm:GetStreamingEventsResponseType': '<m:BaseResponseMessageType',
  'm:GetUserAvailabilityRequestType': `
    t:TimeZone:SerializableTimeZone? MailboxDataArray:ArrayOfMailboxData
    t:FreeBusyViewOptions:FreeBusyViewOptionsType?`,
  'm:GetUserAvailabilityResponseType': 'FreeBusyResponseArray:m:ArrayOfFreeBusyResponse?',
  RequestServerVersion: '@Version:ExchangeVersionType!',
  ServerVersionInfo: `
    @MajorVersion:int @MinorVersion:int @MajorBuildNumber:int @MinorBuildNumber:int @Version:string`,
  TimeZoneContextType: 'TimeZoneDefinition:TimeZoneDefinitionType',
  MailboxCultureType: '=language',
  ExchangeImpersonationType: 'ConnectingSID:ConnectingSIDType',
  FolderResponseShapeType: `
    BaseShape:DefaultShapeNamesType AdditionalProperties:NonEmptyArrayOfPathsToElementType?`,
  IndexedPageViewType: '<BasePagingType @Offset:int! @BasePoint:IndexBasePointType!',
  RestrictionType: '%Search+',
  NonEmptyArrayOfBaseFolderIdsType: `
    (FolderId:FolderIdType | DistinguishedFolderId:DistinguishedFolderIdType)+`,
  'm:BaseResponseMessageType': 'ResponseMessages:m:ArrayOfResponseMessagesType',
  TargetFolderIdType: '(FolderId:FolderIdType | DistinguishedFolderId:DistinguishedFolderIdType)',
  ItemResponseShapeType: `
    BaseShape:DefaultShapeNamesType IncludeMimeContent:boolean? BodyType:BodyTypeResponseType?
    UniqueBodyType:BodyTypeResponseType? NormalizedBodyType:BodyTypeResponseType? FilterHtmlContent:boolean?
    ConvertHtmlCodePageToUTF8:boolean? AdditionalProperties:NonEmptyArrayOfPathsToElementType?`,
  ArrayOfBaseItemIdsType: '(ItemId:ItemIdType)*',
  NonEmptyArrayOfBaseItemIdsType: `
    (ItemId:ItemIdType | OccurrenceItemId:OccurrenceItemIdType |
    RecurringMasterItemId:RecurringMasterItemIdType)+`,
  CalendarViewType: '<BasePagingType @StartDate:dateTime! @EndDate:dateTime!',
  NonEmptyArrayOfFieldOrdersType: 'FieldOrder:FieldOrderType+',
  'm:QueryStringType': `
    =string @ResetCache:boolean @ReturnHighlightTerms:boolean @ReturnDeletedItems:boolean`,
  NonEmptyArrayOfAllItemsType: `
    (Item:ItemType | Message:MessageType | CalendarItem:CalendarItemType |
    MeetingRequest:MeetingRequestMessageType | MeetingResponse:MeetingResponseMessageType |
    MeetingCancellation:MeetingCancellationMessageType | AcceptItem:AcceptItemType |
    TentativelyAcceptItem:TentativelyAcceptItemType | DeclineItem:DeclineItemType |
    CancelCalendarItem:CancelCalendarItemType)+`,
  NonEmptyArrayOfItemChangesType: 'ItemChange:ItemChangeType+',
  'm:BaseMoveCopyItemType': `
    ToFolderId:TargetFolderIdType ItemIds:NonEmptyArrayOfBaseItemIdsType ReturnNewItemIds:boolean?`,
  NonEmptyArrayOfTimeZoneIdType: 'Id:string+',
  PullSubscriptionRequestType: '<BaseSubscriptionRequestType Timeout:SubscriptionTimeoutType',
  StreamingSubscriptionRequestType: `
    @SubscribeToAllFolders:boolean FolderIds:NonEmptyArrayOfBaseFolderIdsType?
    EventTypes:NonEmptyArrayOfNotificationEventTypesType`,
  NonEmptyArrayOfSubscriptionIdsType: 'SubscriptionId:SubscriptionIdType+',
  SerializableTimeZone: `
    Bias:int StandardTime:SerializableTimeZoneTime DaylightTime:SerializableTimeZoneTime`,
  ArrayOfMailboxData: 'MailboxData:MailboxData*',
  FreeBusyViewOptionsType: `
    TimeWindow:Duration MergedFreeBusyIntervalInMinutes:int? RequestedView:FreeBusyViewType?`,
  'm:ArrayOfFreeBusyResponse': 'FreeBusyResponse:m:FreeBusyResponseType*',
  TimeZoneDefinitionType: `
    @Id:string @Name:string {Periods:NonEmptyArrayOfPeriodsType?
    TransitionsGroups:ArrayOfTransitionsGroupsType? Transitions:ArrayOfTransitionsType?}?`,
  ConnectingSIDType: `
    (PrincipalName:PrincipalNameType | SID:SIDType | PrimarySmtpAddress:PrimarySmtpAddressType |
    SmtpAddress:SmtpAddressType)`,
  NonEmptyArrayOfPathsToElementType: '%Path+',
  BasePagingType: '@MaxEntriesReturned:int',
  ContainsExpressionType: `
    @ContainmentMode:ContainmentModeType @ContainmentComparison:ContainmentComparisonType %Path+
    Constant:ConstantValueType`,
  ExcludesType: '%Path+ Bitmask:ExcludesValueType',
  ExistsType: '%Path+',
  IsEqualToType: '<TwoOperandExpressionType',
  IsNotEqualToType: '<TwoOperandExpressionType',
  IsGreaterThanType: '<TwoOperandExpressionType',
  IsGreaterThanOrEqualToType: '<TwoOperandExpressionType',
  IsLessThanType: '<TwoOperandExpressionType',
  IsLessThanOrEqualToType: '<TwoOperandExpressionType',
  AndType: '<MultipleOperandBooleanExpressionType',
  NotType: '%Search+',
  OrType: '<MultipleOperandBooleanExpressionType',
  FolderIdType: '@Id:string! @ChangeKey:string',
  DistinguishedFolderIdType: '@Id:DistinguishedFolderIdNameType! @ChangeKey:string Mailbox:EmailAddressType?',
  'm:ArrayOfResponseMessagesType': `
    (CreateItemResponseMessage:m:ItemInfoResponseMessageType |
    DeleteItemResponseMessage:m:DeleteItemResponseMessageType |
    GetItemResponseMessage:m:ItemInfoResponseMessageType |
    UpdateItemResponseMessage:m:UpdateItemResponseMessageType |
    GetFolderResponseMessage:m:FolderInfoResponseMessageType |
    FindFolderResponseMessage:m:FindFolderResponseMessageType |
    FindItemResponseMessage:m:FindItemResponseMessageType |
    MoveItemResponseMessage:m:ItemInfoResponseMessageType |
    ResolveNamesResponseMessage:m:ResolveNamesResponseMessageType |
    GetServerTimeZonesResponseMessage:m:GetServerTimeZonesResponseMessageType |
    GetEventsResponseMessage:m:GetEventsResponseMessageType |
    GetStreamingEventsResponseMessage:m:GetStreamingEventsResponseMessageType |
    SubscribeResponseMessage:m:SubscribeResponseMessageType |
    UnsubscribeResponseMessage:m:ResponseMessageType |
    SyncFolderHierarchyResponseMessage:m:SyncFolderHierarchyResponseMessageType |
    SyncFolderItemsResponseMessage:m:SyncFolderItemsResponseMessageType)+`,
  ItemIdType: '@Id:string! @ChangeKey:string',
  OccurrenceItemIdType: '@RecurringMasterId:DerivedItemIdType! @ChangeKey:string @InstanceIndex:int!',
  RecurringMasterItemIdType: '@OccurrenceId:DerivedItemIdType! @ChangeKey:string',
  FieldOrderType: '@Order:SortDirectionType! %Path+',
  ItemType: `
    MimeContent:MimeContentType? ItemId:ItemIdType? ParentFolderId:FolderIdType? ItemClass:ItemClassType?
    Subject:string? Sensitivity:SensitivityChoicesType? Body:BodyType?
    Attachments:NonEmptyArrayOfAttachmentsType? DateTimeReceived:dateTime? Size:int?
    Categories:ArrayOfStringsType? Importance:ImportanceChoicesType? InReplyTo:string? IsSubmitted:boolean?
    IsDraft:boolean? IsFromMe:boolean? IsResend:boolean? IsUnmodified:boolean?
    InternetMessageHeaders:NonEmptyArrayOfInternetHeadersType? DateTimeSent:dateTime?
    DateTimeCreated:dateTime? ResponseObjects:NonEmptyArrayOfResponseObjectsType? ReminderDueBy:dateTime?
    ReminderIsSet:boolean? ReminderNextTime:dateTime?
    ReminderMinutesBeforeStart:ReminderMinutesBeforeStartType? DisplayCc:string? DisplayTo:string?
    DisplayBcc:string? HasAttachments:boolean? ExtendedProperty:ExtendedPropertyType* Culture:language?
    EffectiveRights:EffectiveRightsType? LastModifiedName:string? LastModifiedTime:dateTime?
    IsAssociated:boolean? WebClientReadFormQueryString:string? WebClientEditFormQueryString:string?
    ConversationId:ItemIdType? UniqueBody:BodyType? Flag:FlagType? InstanceKey:base64Binary?
    NormalizedBody:BodyType? Preview:string? TextBody:BodyType?`,
  MessageType: `
    <ItemType Sender:SingleRecipientType? ToRecipients:ArrayOfRecipientsType?
    CcRecipients:ArrayOfRecipientsType? BccRecipients:ArrayOfRecipientsType? IsReadReceiptRequested:boolean?
    IsDeliveryReceiptRequested:boolean? ConversationIndex:base64Binary? ConversationTopic:string?
    From:SingleRecipientType? InternetMessageId:string? IsRead:boolean? IsResponseRequested:boolean?
    References:string? ReplyTo:ArrayOfRecipientsType? ReceivedBy:SingleRecipientType?
    ReceivedRepresenting:SingleRecipientType?`,
  CalendarItemType: `
    <ItemType UID:string? RecurrenceId:dateTime? DateTimeStamp:dateTime? Start:dateTime? End:dateTime?
    OriginalStart:dateTime? IsAllDayEvent:boolean? LegacyFreeBusyStatus:LegacyFreeBusyType? Location:string?
    When:string? IsMeeting:boolean? IsCancelled:boolean? IsRecurring:boolean? MeetingRequestWasSent:boolean?
    IsResponseRequested:boolean? CalendarItemType:CalendarItemTypeType? MyResponseType:ResponseTypeType?
    Organizer:SingleRecipientType? RequiredAttendees:NonEmptyArrayOfAttendeesType?
    OptionalAttendees:NonEmptyArrayOfAttendeesType? Resources:NonEmptyArrayOfAttendeesType?
    ConflictingMeetingCount:int? AdjacentMeetingCount:int? Duration:string? TimeZone:string?
    AppointmentReplyTime:dateTime? AppointmentSequenceNumber:int? AppointmentState:int?
    Recurrence:RecurrenceType? FirstOccurrence:OccurrenceInfoType? LastOccurrence:OccurrenceInfoType?
    ModifiedOccurrences:NonEmptyArrayOfOccurrenceInfoType?
    DeletedOccurrences:NonEmptyArrayOfDeletedOccurrencesType? MeetingTimeZone:TimeZoneType?
    StartTimeZone:TimeZoneDefinitionType? EndTimeZone:TimeZoneDefinitionType? ConferenceType:int?
    AllowNewTimeProposal:boolean? IsOnlineMeeting:boolean? MeetingWorkspaceUrl:string? NetShowUrl:string?
    StartWallClock:dateTime? EndWallClock:dateTime? StartTimeZoneId:string? EndTimeZoneId:string?
    IntendedFreeBusyStatus:LegacyFreeBusyType? JoinOnlineMeetingUrl:string? IsOrganizer:boolean?`,
  MeetingRequestMessageType: `
    <MeetingMessageType MeetingRequestType:MeetingRequestTypeType?
    IntendedFreeBusyStatus:LegacyFreeBusyType? Start:dateTime? End:dateTime? OriginalStart:dateTime?
    IsAllDayEvent:boolean? LegacyFreeBusyStatus:LegacyFreeBusyType? Location:string? When:string?
    IsMeeting:boolean? IsCancelled:boolean? IsRecurring:boolean? MeetingRequestWasSent:boolean?
    CalendarItemType:CalendarItemTypeType? MyResponseType:ResponseTypeType? Organizer:SingleRecipientType?
    RequiredAttendees:NonEmptyArrayOfAttendeesType? OptionalAttendees:NonEmptyArrayOfAttendeesType?
    Resources:NonEmptyArrayOfAttendeesType? ConflictingMeetingCount:int? AdjacentMeetingCount:int?
    Duration:string? TimeZone:string? AppointmentReplyTime:dateTime? AppointmentSequenceNumber:int?
    AppointmentState:int? Recurrence:RecurrenceType? FirstOccurrence:OccurrenceInfoType?
    LastOccurrence:OccurrenceInfoType? ModifiedOccurrences:NonEmptyArrayOfOccurrenceInfoType?
    DeletedOccurrences:NonEmptyArrayOfDeletedOccurrencesType? MeetingTimeZone:TimeZoneType?
    StartTimeZone:TimeZoneDefinitionType? EndTimeZone:TimeZoneDefinitionType? ConferenceType:int?
    AllowNewTimeProposal:boolean? IsOnlineMeeting:boolean? MeetingWorkspaceUrl:string? NetShowUrl:string?
    StartWallClock:dateTime? EndWallClock:dateTime? StartTimeZoneId:string? EndTimeZoneId:string?`,
  MeetingResponseMessageType: `
    <MeetingMessageType Start:dateTime? End:dateTime? Location:string? Recurrence:RecurrenceType?
    CalendarItemType:string? ProposedStart:dateTime? ProposedEnd:dateTime?`,
  MeetingCancellationMessageType: `
    <MeetingMessageType Start:dateTime? End:dateTime? Location:string? Recurrence:RecurrenceType?
    CalendarItemType:string?`,
  AcceptItemType: '<MeetingRegistrationResponseObjectType',
  TentativelyAcceptItemType: '<MeetingRegistrationResponseObjectType',
  DeclineItemType: '<MeetingRegistrationResponseObjectType',
  CancelCalendarItemType: '<SmartResponseType',
  ItemChangeType: `
    (ItemId:ItemIdType | OccurrenceItemId:OccurrenceItemIdType |
    RecurringMasterItemId:RecurringMasterItemIdType) Updates:NonEmptyArrayOfItemChangeDescriptionsType`,
  BaseSubscriptionRequestType: `
    @SubscribeToAllFolders:boolean FolderIds:NonEmptyArrayOfBaseFolderIdsType?
    EventTypes:NonEmptyArrayOfNotificationEventTypesType Watermark:WatermarkType?`,
  NonEmptyArrayOfNotificationEventTypesType: '(EventType:NotificationEventTypeType)+',
  SerializableTimeZoneTime: `
    Bias:int Time:string DayOrder:short Month:short DayOfWeek:DayOfWeekType Year:string?`,
  MailboxData: 'Email:EmailAddress AttendeeType:MeetingAttendeeType ExcludeConflicts:boolean?',
  Duration: 'StartTime:dateTime EndTime:dateTime',
  'm:FreeBusyResponseType': 'ResponseMessage:m:ResponseMessageType? FreeBusyView:FreeBusyView?',
  NonEmptyArrayOfPeriodsType: 'Period:PeriodType+',
  ArrayOfTransitionsGroupsType: 'TransitionsGroup:ArrayOfTransitionsType+',
  ArrayOfTransitionsType: `
    @Id:string (Transition:TransitionType | AbsoluteDateTransition:AbsoluteDateTransitionType |
    RecurringDayTransition:RecurringDayTransitionType |
    RecurringDateTransition:RecurringDateTransitionType)*`,
  PrincipalNameType: '=NonEmptyStringType',
  SIDType: '=NonEmptyStringType',
  PrimarySmtpAddressType: '=NonEmptyStringType',
  SmtpAddressType: '=NonEmptyStringType',
  PathToUnindexedFieldType: '@FieldURI:UnindexedFieldURIType!',
  PathToIndexedFieldType: '@FieldURI:DictionaryURIType! @FieldIndex:string!',
  PathToExtendedFieldType: `
    @DistinguishedPropertySetId:DistinguishedPropertySetType @PropertySetId:GuidType
    @PropertyTag:PropertyTagType @PropertyName:string @PropertyId:int @PropertyType:MapiPropertyTypeType!`,
  ConstantValueType: '@Value:string!',
  ExcludesValueType: '@Value:ExcludesAttributeType!',
  TwoOperandExpressionType: '%Path+ FieldURIOrConstant:FieldURIOrConstantType',
  MultipleOperandBooleanExpressionType: '%Search+',
  EmailAddressType: `
    Name:string? EmailAddress:NonEmptyStringType? RoutingType:NonEmptyStringType?
    MailboxType:MailboxTypeType? ItemId:ItemIdType? OriginalDisplayName:string?`,
  'm:ItemInfoResponseMessageType': '<m:ResponseMessageType Items:ArrayOfRealItemsType',
  'm:DeleteItemResponseMessageType': '<m:ResponseMessageType',
  'm:UpdateItemResponseMessageType': '<m:ItemInfoResponseMessageType ConflictResults:ConflictResultsType?',
  'm:FolderInfoResponseMessageType': '<m:ResponseMessageType Folders:ArrayOfFoldersType?',
  'm:FindFolderResponseMessageType': '<m:ResponseMessageType RootFolder:FindFolderParentType?',
  'm:FindItemResponseMessageType': '<m:ResponseMessageType RootFolder:FindItemParentType?',
  'm:ResolveNamesResponseMessageType': '<m:ResponseMessageType ResolutionSet:ArrayOfResolutionType?',
  'm:GetServerTimeZonesResponseMessageType': `
    <m:ResponseMessageType TimeZoneDefinitions:ArrayOfTimeZoneDefinitionType`,
  'm:GetEventsResponseMessageType': '<m:ResponseMessageType Notification:NotificationType?',
  'm:GetStreamingEventsResponseMessageType': `
    <m:ResponseMessageType Notifications:NonEmptyArrayOfNotificationsType?
    ErrorSubscriptionIds:NonEmptyArrayOfSubscriptionIdsType? ConnectionStatus:ConnectionStatusType?`,
  'm:SubscribeResponseMessageType': `
    <m:ResponseMessageType SubscriptionId:SubscriptionIdType? Watermark:WatermarkType?`,
  'm:ResponseMessageType': `
    @ResponseClass:ResponseClassType! {MessageText:string? ResponseCode:m:ResponseCodeType?
    DescriptiveLinkKey:int? MessageXml:m:MessageXml?}?`,
  'm:SyncFolderHierarchyResponseMessageType': `
    <m:ResponseMessageType SyncState:string? IncludesLastFolderInRange:boolean?
    Changes:SyncFolderHierarchyChangesType?`,
  'm:SyncFolderItemsResponseMessageType': `
    <m:ResponseMessageType SyncState:string? IncludesLastItemInRange:boolean?
    Changes:SyncFolderItemsChangesType?`,
  MimeContentType: '=string @CharacterSet:string',
  BodyType: '=string @BodyType:BodyTypeType! @IsTruncated:boolean',
  NonEmptyArrayOfAttachmentsType: '(FileAttachment:FileAttachmentType)+',
  ArrayOfStringsType: 'String:string*',
  NonEmptyArrayOfInternetHeadersType: 'InternetMessageHeader:InternetHeaderType+',
  NonEmptyArrayOfResponseObjectsType: `
    (AcceptItem:AcceptItemType | TentativelyAcceptItem:TentativelyAcceptItemType |
    DeclineItem:DeclineItemType | CancelCalendarItem:CancelCalendarItemType)*`,
  ExtendedPropertyType: `
    ExtendedFieldURI:PathToExtendedFieldType (Value:string | Values:NonEmptyArrayOfPropertyValuesType)`,
  EffectiveRightsType: `
    CreateAssociated:boolean CreateContents:boolean CreateHierarchy:boolean Delete:boolean Modify:boolean
    Read:boolean ViewPrivateItems:boolean?`,
  FlagType: 'FlagStatus:FlagStatusType StartDate:dateTime? DueDate:dateTime? CompleteDate:dateTime?',
  SingleRecipientType: '(Mailbox:EmailAddressType)',
  ArrayOfRecipientsType: '(Mailbox:EmailAddressType)*',
  NonEmptyArrayOfAttendeesType: 'Attendee:AttendeeType+',
  RecurrenceType: `
    (RelativeYearlyRecurrence:RelativeYearlyRecurrencePatternType |
    AbsoluteYearlyRecurrence:AbsoluteYearlyRecurrencePatternType |
    RelativeMonthlyRecurrence:RelativeMonthlyRecurrencePatternType |
    AbsoluteMonthlyRecurrence:AbsoluteMonthlyRecurrencePatternType |
    WeeklyRecurrence:WeeklyRecurrencePatternType | DailyRecurrence:DailyRecurrencePatternType)
    (NoEndRecurrence:NoEndRecurrenceRangeType | EndDateRecurrence:EndDateRecurrenceRangeType |
    NumberedRecurrence:NumberedRecurrenceRangeType)`,
  OccurrenceInfoType: 'ItemId:ItemIdType Start:dateTime End:dateTime OriginalStart:dateTime',
  NonEmptyArrayOfOccurrenceInfoType: 'Occurrence:OccurrenceInfoType+',
  NonEmptyArrayOfDeletedOccurrencesType: 'DeletedOccurrence:DeletedOccurrenceInfoType+',
  TimeZoneType: `
    @TimeZoneName:string {BaseOffset:duration {Standard:TimeChangeType Daylight:TimeChangeType}?}?`,
  MeetingMessageType: `
    <MessageType AssociatedCalendarItemId:ItemIdType? IsDelegated:boolean? IsOutOfDate:boolean?
    HasBeenProcessed:boolean? ResponseType:ResponseTypeType? UID:string? RecurrenceId:dateTime?
    DateTimeStamp:dateTime? IsOrganizer:boolean?`,
  MeetingRegistrationResponseObjectType: `
    <WellKnownResponseObjectType ProposedStart:dateTime? ProposedEnd:dateTime?`,
  SmartResponseType: '<SmartResponseBaseType NewBodyContent:BodyType?',
  NonEmptyArrayOfItemChangeDescriptionsType: `
    (SetItemField:SetItemFieldType | DeleteItemField:DeleteItemFieldType)+`,
  EmailAddress: 'Name:string? Address:string RoutingType:string?',
  FreeBusyView: `
    FreeBusyViewType:FreeBusyViewType MergedFreeBusy:string? CalendarEventArray:ArrayOfCalendarEvent?
    WorkingHours:WorkingHours?`,
  PeriodType: '@Bias:duration @Name:string @Id:string',
  AbsoluteDateTransitionType: '<TransitionType DateTime:dateTime',
  RecurringDayTransitionType: '<RecurringTimeTransitionType DayOfWeek:DayOfWeekType Occurrence:int',
  RecurringDateTransitionType: '<RecurringTimeTransitionType Day:int',
  FieldURIOrConstantType: `
    (FieldURI:PathToUnindexedFieldType | IndexedFieldURI:PathToIndexedFieldType |
    ExtendedFieldURI:PathToExtendedFieldType | Constant:ConstantValueType)`,
  ArrayOfRealItemsType: '%Item*',
  ConflictResultsType: 'Count:int',
  ArrayOfFoldersType: '(Folder:FolderType | CalendarFolder:CalendarFolderType)*',
  FindFolderParentType: '%Paging Folders:ArrayOfFoldersType?',
  FindItemParentType: '%Paging (Items:ArrayOfRealItemsType)',
  ArrayOfResolutionType: '%Paging Resolution:ResolutionType{0,100}',
  ArrayOfTimeZoneDefinitionType: 'TimeZoneDefinition:TimeZoneDefinitionType*',
  NotificationType: `
    SubscriptionId:SubscriptionIdType PreviousWatermark:WatermarkType? MoreEvents:boolean?
    (CopiedEvent:MovedCopiedEventType | CreatedEvent:BaseObjectChangedEventType |
    DeletedEvent:BaseObjectChangedEventType | ModifiedEvent:ModifiedEventType |
    MovedEvent:MovedCopiedEventType | NewMailEvent:BaseObjectChangedEventType |
    StatusEvent:BaseNotificationEventType | FreeBusyChangedEvent:BaseObjectChangedEventType)+`,
  NonEmptyArrayOfNotificationsType: 'Notification:NotificationType*',
  'm:MessageXml': '#any*',
  SyncFolderHierarchyChangesType: `
    (Create:SyncFolderHierarchyCreateOrUpdateType | Update:SyncFolderHierarchyCreateOrUpdateType |
    Delete:SyncFolderHierarchyDeleteType)*`,
  SyncFolderItemsChangesType: `
    (Create:SyncFolderItemsCreateOrUpdateType | Update:SyncFolderItemsCreateOrUpdateType |
    Delete:SyncFolderItemsDeleteType | ReadFlagChange:SyncFolderItemsReadFlagType)*`,
  FileAttachmentType: '<AttachmentType IsContactPhoto:boolean? Content:base64Binary?',
  InternetHeaderType: '=string @HeaderName:string!',
  NonEmptyArrayOfPropertyValuesType: '(Value:string+)',
  AttendeeType: `
    Mailbox:EmailAddressType ResponseType:ResponseTypeType? LastResponseTime:dateTime?
    ProposedStart:dateTime? ProposedEnd:dateTime?`,
  RelativeYearlyRecurrencePatternType: `
    DaysOfWeek:DayOfWeekType DayOfWeekIndex:DayOfWeekIndexType Month:MonthNamesType`,
  AbsoluteYearlyRecurrencePatternType: 'DayOfMonth:int Month:MonthNamesType',
  RelativeMonthlyRecurrencePatternType: `
    <IntervalRecurrencePatternBaseType DaysOfWeek:DayOfWeekType DayOfWeekIndex:DayOfWeekIndexType`,
  AbsoluteMonthlyRecurrencePatternType: '<IntervalRecurrencePatternBaseType DayOfMonth:int',
  WeeklyRecurrencePatternType: `
    <IntervalRecurrencePatternBaseType DaysOfWeek:DaysOfWeekType FirstDayOfWeek:DayOfWeekType?`,
  DailyRecurrencePatternType: '<IntervalRecurrencePatternBaseType',
  NoEndRecurrenceRangeType: '<RecurrenceRangeBaseType',
  EndDateRecurrenceRangeType: '<RecurrenceRangeBaseType EndDate:date',
  NumberedRecurrenceRangeType: '<RecurrenceRangeBaseType NumberOfOccurrences:int',
  DeletedOccurrenceInfoType: 'Start:dateTime',
  TimeChangeType: `
    @TimeZoneName:string Offset:duration {(RelativeYearlyRecurrence:RelativeYearlyRecurrencePatternType |
    AbsoluteDate:date)}? Time:time`,
  WellKnownResponseObjectType: `
    ItemClass:ItemClassType? Sensitivity:SensitivityChoicesType? Body:BodyType?
    Attachments:NonEmptyArrayOfAttachmentsType? InternetMessageHeaders:NonEmptyArrayOfInternetHeadersType?
    Sender:SingleRecipientType? ToRecipients:ArrayOfRecipientsType? CcRecipients:ArrayOfRecipientsType?
    BccRecipients:ArrayOfRecipientsType? IsReadReceiptRequested:boolean? IsDeliveryReceiptRequested:boolean?
    From:SingleRecipientType? ReferenceItemId:ItemIdType?`,
  SmartResponseBaseType: `
    Subject:string? Body:BodyType? ToRecipients:ArrayOfRecipientsType? CcRecipients:ArrayOfRecipientsType?
    BccRecipients:ArrayOfRecipientsType? IsReadReceiptRequested:boolean? IsDeliveryReceiptRequested:boolean?
    From:SingleRecipientType? ReferenceItemId:ItemIdType?`,
  SetItemFieldType: '<ItemChangeDescriptionType %Item',
  DeleteItemFieldType: '<ItemChangeDescriptionType',
  ArrayOfCalendarEvent: 'CalendarEvent:CalendarEvent*',
  WorkingHours: 'TimeZone:SerializableTimeZone WorkingPeriodArray:ArrayOfWorkingPeriod',
  TransitionType: 'To:TransitionTargetType',
  RecurringTimeTransitionType: '<TransitionType TimeOffset:duration Month:int',
  FolderType: '<BaseFolderType UnreadCount:int?',
  CalendarFolderType: '<BaseFolderType',
  ResolutionType: 'Mailbox:EmailAddressType',
  MovedCopiedEventType: `
    <BaseObjectChangedEventType (OldFolderId:FolderIdType | OldItemId:ItemIdType)
    OldParentFolderId:FolderIdType`,
  BaseObjectChangedEventType: `
    <BaseNotificationEventType TimeStamp:dateTime (FolderId:FolderIdType | ItemId:ItemIdType)
    ParentFolderId:FolderIdType`,
  ModifiedEventType: '<BaseObjectChangedEventType UnreadCount:int?',
  BaseNotificationEventType: 'Watermark:WatermarkType?',
  SyncFolderHierarchyCreateOrUpdateType: '(Folder:FolderType | CalendarFolder:CalendarFolderType)',
  SyncFolderHierarchyDeleteType: 'FolderId:FolderIdType',
  SyncFolderItemsCreateOrUpdateType: '%Item',
  SyncFolderItemsDeleteType: 'ItemId:ItemIdType',
  SyncFolderItemsReadFlagType: 'ItemId:ItemIdType IsRead:boolean',
  AttachmentType: `
    AttachmentId:AttachmentIdType? Name:string? ContentType:string? ContentId:string?
    ContentLocation:string? AttachmentOriginalUrl:string? Size:int? LastModifiedTime:dateTime?
    IsInline:boolean?`,
  IntervalRecurrencePatternBaseType: 'Interval:int',
  RecurrenceRangeBaseType: 'StartDate:date',
  ItemChangeDescriptionType: '<ChangeDescriptionType',
  CalendarEvent: `
    StartTime:dateTime EndTime:dateTime BusyType:LegacyFreeBusyType
    CalendarEventDetails:CalendarEventDetails?`,
  ArrayOfWorkingPeriod: 'WorkingPeriod:WorkingPeriod*',
  TransitionTargetType: '=string @Kind:TransitionTargetKindType!',
  BaseFolderType: `
    FolderId:FolderIdType? ParentFolderId:FolderIdType? FolderClass:string? DisplayName:string?
    TotalCount:int? ChildFolderCount:int? ExtendedProperty:ExtendedPropertyType*
    EffectiveRights:EffectiveRightsType? DistinguishedFolderId:DistinguishedFolderIdNameType?`,
  AttachmentIdType: '<RequestAttachmentIdType @RootItemId:string @RootItemChangeKey:string',
  ChangeDescriptionType: '%Path+',
  CalendarEventDetails: `
    ID:string? Subject:string? Location:string? IsMeeting:boolean IsRecurring:boolean IsException:boolean
    IsReminderSet:boolean IsPrivate:boolean`,
  WorkingPeriod: 'DayOfWeek:DaysOfWeekType StartTimeInMinutes:int EndTimeInMinutes:int',
  RequestAttachmentIdType: '@Id:string!',
}

/** What stands in many places: `%Name`. */
export const GROUPS: Record<string, string> = {
  Paging: `
    @IndexedPagingOffset:int @NumeratorOffset:int @AbsoluteDenominator:int @IncludesLastItemInRange:boolean
    @TotalItemsInView:int`,
  Path: `
    (FieldURI:PathToUnindexedFieldType | IndexedFieldURI:PathToIndexedFieldType |
    ExtendedFieldURI:PathToExtendedFieldType)`,
  Search: `
    (Contains:ContainsExpressionType | Excludes:ExcludesType | Exists:ExistsType | IsEqualTo:IsEqualToType |
    IsNotEqualTo:IsNotEqualToType | IsGreaterThan:IsGreaterThanType |
    IsGreaterThanOrEqualTo:IsGreaterThanOrEqualToType | IsLessThan:IsLessThanType |
    IsLessThanOrEqualTo:IsLessThanOrEqualToType | And:AndType | Not:NotType | Or:OrType)`,
  Item: `
    (Item:ItemType | Message:MessageType | CalendarItem:CalendarItemType |
    MeetingRequest:MeetingRequestMessageType | MeetingResponse:MeetingResponseMessageType |
    MeetingCancellation:MeetingCancellationMessageType)`,
}

/** The elements that may stand in a SOAP body or header. */
export const ROOTS = `
  m:FindFolder:m:FindFolderType m:FindFolderResponse:m:FindFolderResponseType m:GetFolder:m:GetFolderType
  m:GetFolderResponse:m:GetFolderResponseType m:SyncFolderHierarchy:m:SyncFolderHierarchyType
  m:SyncFolderHierarchyResponse:m:SyncFolderHierarchyResponseType m:SyncFolderItems:m:SyncFolderItemsType
  m:SyncFolderItemsResponse:m:SyncFolderItemsResponseType m:GetItem:m:GetItemType
  m:GetItemResponse:m:GetItemResponseType m:FindItem:m:FindItemType
  m:FindItemResponse:m:FindItemResponseType m:CreateItem:m:CreateItemType
  m:CreateItemResponse:m:CreateItemResponseType m:UpdateItem:m:UpdateItemType
  m:UpdateItemResponse:m:UpdateItemResponseType m:DeleteItem:m:DeleteItemType
  m:DeleteItemResponse:m:DeleteItemResponseType m:MoveItem:m:MoveItemType
  m:MoveItemResponse:m:MoveItemResponseType m:GetServerTimeZones:m:GetServerTimeZonesType
  m:GetServerTimeZonesResponse:m:GetServerTimeZonesResponseType m:ResolveNames:m:ResolveNamesType
  m:ResolveNamesResponse:m:ResolveNamesResponseType m:Subscribe:m:SubscribeType
  m:SubscribeResponse:m:SubscribeResponseType m:Unsubscribe:m:UnsubscribeType
  m:UnsubscribeResponse:m:UnsubscribeResponseType m:GetEvents:m:GetEventsType
  m:GetEventsResponse:m:GetEventsResponseType m:GetStreamingEvents:m:GetStreamingEventsType
  m:GetStreamingEventsResponse:m:GetStreamingEventsResponseType
  m:GetUserAvailabilityRequest:m:GetUserAvailabilityRequestType
  m:GetUserAvailabilityResponse:m:GetUserAvailabilityResponseType
  t:RequestServerVersion:RequestServerVersion t:ServerVersionInfo:ServerVersionInfo
  t:TimeZoneContext:TimeZoneContextType t:MailboxCulture:MailboxCultureType
  t:ExchangeImpersonation:ExchangeImpersonationType`
