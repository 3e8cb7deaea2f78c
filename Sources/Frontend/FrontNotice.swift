public import Registry
public import Tensors
public import Wire

/// What the front's thread tells those who run it.
public enum FrontNotice: Sendable {
    /// A worker serves now.
    case workerReady(
        WorkerIdentity?, type: String, adapterCount: Int, refused: [WireRefusedAdapter])
    /// The process that should fill this place has ended; it is tried again.
    case placeFailed(Int)
    /// A worker process is to be killed.
    case killWorker(WorkerIdentity, reason: String)
    /// Adapters are to be copied and checked.
    case prepareShelf(UInt64, ShelfErrand)
    /// The registry is to be written down.
    case saveRegistry(UInt64, AdapterRegistry)
    /// All adapters and routers but these are to be removed from disk.
    case pruneShelf(adapters: Set<Digest>, routers: Set<Digest>)
    /// Nothing runs any more; the workers were told to leave.
    case drained
    /// For the log.
    case report(String)
}
