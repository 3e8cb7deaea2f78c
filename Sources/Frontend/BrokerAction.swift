public import Registry
public import Tensors
public import Wire

/// What the broker wants done.
///
/// The order of actions is the order in which they are to be done.
public enum BrokerAction: Sendable {
    /// With a mark: part of a stream; a failure is answered with `undelivered` and the mark.
    case toClient(Address, ClientEvent, DeliveryMark?)
    case toWorker(Address, WorkerOrder)
    /// The process serves: the supervisor forgets its earlier failures.
    case workerReady(
        WorkerIdentity?, type: String, adapterCount: Int, refused: [WireRefusedAdapter])
    /// The process that should fill this place has ended.
    case placeFailed(Int)
    /// The process hangs or breaks the protocol: kill it, start another.
    case killWorker(WorkerIdentity, reason: String)
    /// Copy and check adapters; answered by `shelfPrepared`.
    case prepareShelf(UInt64, ShelfErrand)
    /// Write the registry down; answered by `registrySaved`.
    case saveRegistry(UInt64, AdapterRegistry)
    /// Remove all adapters and routers but these from disk.
    case pruneShelf(adapters: Set<Digest>, routers: Set<Digest>)
    /// Nothing runs any more and the workers were told to leave.
    case drained
    /// A client's list of requests, to be completed by those that the engine alone has.
    ///
    /// Each was accepted at the instant of its place in the list. No limit: it is complete.
    case listRequests(Address, WireRequests, [Instant], limit: Int?)
    /// Something that the operator should be able to read later.
    case report(String)
}
