/// What a client may send to the front.
public enum ClientVerb: WireDirection {
    case submit(WireSubmit)
    case attach(WireAttach)
    case cancel(WireCancel)
    case credit(WireCredit)
    case close(WireClose)
    case route(WireRoute)
    case listAdapters(WireListAdapters)
    case status(WireStatus)
    case listRequests(WireListRequests)
    case retry(WireRetry)
    case drop(WireDrop)
    case changeAdapter(WireChangeAdapter)

    public static let frameLimit = Frames.clientLimit

    public init?(kind: Kind, body: [UInt8]) throws(WireError) {
        switch kind {
        case .submit: self = .submit(try Frames.read(body))
        case .attach: self = .attach(try Frames.read(body))
        case .cancel: self = .cancel(try Frames.read(body))
        case .credit: self = .credit(try Frames.read(body))
        case .close: self = .close(try Frames.read(body))
        case .route: self = .route(try Frames.read(body))
        case .listAdapters: self = .listAdapters(try Frames.read(body))
        case .status: self = .status(try Frames.read(body))
        case .listRequests: self = .listRequests(try Frames.read(body))
        case .retry: self = .retry(try Frames.read(body))
        case .drop: self = .drop(try Frames.read(body))
        case .changeAdapter: self = .changeAdapter(try Frames.read(body))
        default: return nil
        }
    }

    public var message: any WireMessage {
        switch self {
        case .submit(let message): message
        case .attach(let message): message
        case .cancel(let message): message
        case .credit(let message): message
        case .close(let message): message
        case .route(let message): message
        case .listAdapters(let message): message
        case .status(let message): message
        case .listRequests(let message): message
        case .retry(let message): message
        case .drop(let message): message
        case .changeAdapter(let message): message
        }
    }
}

/// What the front sends to a client.
public enum ClientEvent: WireDirection {
    case accepted(WireAccepted)
    case routed(WireRouted)
    case chunk(WireChunk)
    case done(WireDone)
    case failed(WireFailed)
    case routeReply(WireRouteReply)
    case adapters(WireAdapters)
    case statusReply(WireStatusReply)
    case requests(WireRequests)
    case adapterChanged(WireAdapterChanged)

    public static let frameLimit = Frames.serviceLimit

    public init?(kind: Kind, body: [UInt8]) throws(WireError) {
        switch kind {
        case .accepted: self = .accepted(try Frames.read(body))
        case .routed: self = .routed(try Frames.read(body))
        case .chunk: self = .chunk(try Frames.read(body))
        case .done: self = .done(try Frames.read(body))
        case .failed: self = .failed(try Frames.read(body))
        case .routeReply: self = .routeReply(try Frames.read(body))
        case .adapters: self = .adapters(try Frames.read(body))
        case .statusReply: self = .statusReply(try Frames.read(body))
        case .requests: self = .requests(try Frames.read(body))
        case .adapterChanged: self = .adapterChanged(try Frames.read(body))
        default: return nil
        }
    }

    public var message: any WireMessage {
        switch self {
        case .accepted(let message): message
        case .routed(let message): message
        case .chunk(let message): message
        case .done(let message): message
        case .failed(let message): message
        case .routeReply(let message): message
        case .adapters(let message): message
        case .statusReply(let message): message
        case .requests(let message): message
        case .adapterChanged(let message): message
        }
    }
}

/// What a worker sends to the front.
public enum WorkerReport: WireDirection {
    case ready(WireReady)
    case heartbeat(WireHeartbeat)
    case chunk(WireWorkerChunk)
    case routed(WireWorkerRouted)
    case finished(WireFinished)
    case editionHeld(WireEditionHeld)

    public static let frameLimit = Frames.serviceLimit

    public init?(kind: Kind, body: [UInt8]) throws(WireError) {
        switch kind {
        case .ready: self = .ready(try Frames.read(body))
        case .heartbeat: self = .heartbeat(try Frames.read(body))
        case .workerChunk: self = .chunk(try Frames.read(body))
        case .workerRouted: self = .routed(try Frames.read(body))
        case .finished: self = .finished(try Frames.read(body))
        case .editionHeld: self = .editionHeld(try Frames.read(body))
        default: return nil
        }
    }

    public var message: any WireMessage {
        switch self {
        case .ready(let message): message
        case .heartbeat(let message): message
        case .chunk(let message): message
        case .routed(let message): message
        case .finished(let message): message
        case .editionHeld(let message): message
        }
    }
}

/// What the front sends to a worker.
public enum WorkerOrder: WireDirection {
    case dispatch(WireDispatch)
    case cancel(WireWorkerCancel)
    case heartbeat(WireHeartbeat)
    case expect(WireExpect)
    case drain(WireDrain)
    case edition(WireEdition)
    case dropEdition(WireDropEdition)
    /// The front does not take this worker, or a message of its.
    case failed(WireFailed)

    public static let frameLimit = Frames.serviceLimit

    public init?(kind: Kind, body: [UInt8]) throws(WireError) {
        switch kind {
        case .dispatch: self = .dispatch(try Frames.read(body))
        case .workerCancel: self = .cancel(try Frames.read(body))
        case .heartbeat: self = .heartbeat(try Frames.read(body))
        case .expect: self = .expect(try Frames.read(body))
        case .drain: self = .drain(try Frames.read(body))
        case .edition: self = .edition(try Frames.read(body))
        case .dropEdition: self = .dropEdition(try Frames.read(body))
        case .failed: self = .failed(try Frames.read(body))
        default: return nil
        }
    }

    public var message: any WireMessage {
        switch self {
        case .dispatch(let message): message
        case .cancel(let message): message
        case .heartbeat(let message): message
        case .expect(let message): message
        case .drain(let message): message
        case .edition(let message): message
        case .dropEdition(let message): message
        case .failed(let message): message
        }
    }
}
