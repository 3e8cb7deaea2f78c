public import Wire

/// One decision of a front that outlives it.
public enum DispatchOperation: Sendable {
    /// A request is accepted: its route, its seed and its deadline are frozen.
    case submit(StoredRequest)
    /// A part is about to run at a worker, in the epoch that the record names; older ones are void.
    case lease(PartKey, AttemptRecord)
    /// The reply got further: entries from a position on.
    case renew(PartKey, from: Int, [WireJournalEntry])
    /// A part has ended: its last entry, `Done` or `Failed`.
    case complete(PartKey, at: Int, WireJournalEntry, AttemptRecord)
    /// An attempt is over without an end of the part, or it shall stop.
    case release(PartKey, AttemptRecord)
    /// A part is not to be tried again: workers died of it. The entry is its end.
    case quarantine(PartKey, at: Int, WireJournalEntry, AttemptRecord)
    /// A part that had ended goes on; its entries from this position on are void.
    case reopen(PartKey, from: Int, AttemptRecord)
    /// Every part has ended, at this moment in milliseconds since 1970; what a list tells of it.
    case end(RequestID, at: Int64, WireRequestSummary)
    /// One that had ended goes on again.
    case resume(RequestID)
    /// Nobody wants it any more, at this moment: all but the id is removed.
    case close(RequestID, at: Int64)
    /// It was stopped before its end, and nobody wants what there is: its id may be used again.
    case forget(RequestID)

    public var request: RequestID {
        switch self {
        case .submit(let stored): stored.id
        case .lease(let key, _), .renew(let key, _, _), .complete(let key, _, _, _),
            .release(let key, _), .quarantine(let key, _, _, _), .reopen(let key, _, _):
            key.request
        case .end(let request, _, _), .resume(let request), .close(let request, _),
            .forget(let request):
            request
        }
    }
}
