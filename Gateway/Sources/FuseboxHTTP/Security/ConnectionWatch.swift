import HTTPTypes
import NIOCore
import NIOHTTPTypes
import Synchronization

/// Watches one connection: tells when its client is gone, and ends one whose request does not come.
///
/// It stands behind the HTTP decoder. A client that ends its side of the connection is taken for gone, as other servers do.
final class ConnectionWatch: ChannelDuplexHandler, RemovableChannelHandler, Sendable {
    typealias InboundIn = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart

    private enum State {
        case open(onEnd: (@Sendable () -> Void)?)
        case ended
    }

    private let state = Mutex(State.open(onEnd: nil))
    private let arrival = HeadArrival()

    func handlerAdded(context: ChannelHandlerContext) {
        let channel = context.channel
        try? channel.pipeline.syncOperations.addHandler(arrival, position: .first)
        // The kernel would hold megabytes for a client that does not read, and SwiftNIO another 64 KiB.
        channel.setOption(
            .socketOption(.so_sndbuf), value: .init(GatewaySettings.sendBufferSize)
        ).whenFailure { _ in }
        channel.setOption(.writeBufferWaterMark, value: GatewaySettings.writeBuffer)
            .whenFailure { _ in }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .head = unwrapInboundIn(data) { arrival.headArrived() }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) { arrival.responseEnded() }
        context.write(data, promise: promise)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event { end() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    private func end() {
        let onEnd: (@Sendable () -> Void)? = state.withLock { state in
            guard case .open(let onEnd) = state else { return nil }
            state = .ended
            return onEnd
        }
        onEnd?()
    }

    /// Has something done when the client is gone, at once if it is; nil: nothing any more.
    func onEnd(_ action: (@Sendable () -> Void)?) {
        let isEnded = state.withLock { state in
            guard case .open = state else { return true }
            state = .open(onEnd: action)
            return false
        }
        if isEnded { action?() }
    }
}

/// Ends a connection on which a request's head takes too long; it stands before the HTTP decoder, which sees whole heads only.
private final class HeadArrival: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    private enum State {
        case idle
        case arriving(Scheduled<Void>)
        case arrived
    }

    private let state = Mutex(State.idle)

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let channel = context.channel
        state.withLock { state in
            guard case .idle = state else { return }
            state = .arriving(
                context.eventLoop.scheduleTask(in: .init(GatewaySettings.headTime)) {
                    Self.refuse(channel)
                })
        }
        context.fireChannelRead(data)
    }

    private static func refuse(_ channel: any Channel) {
        let answer =
            "HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
        // From the pipeline's other end, so that no HTTP encoder stands between.
        guard
            let context = try? channel.pipeline.syncOperations.context(
                handlerType: HeadArrival.self)
        else { return }
        context.writeAndFlush(NIOAny(ByteBuffer(string: answer)), promise: nil)
        context.close(promise: nil)
    }

    func headArrived() {
        state.withLock { state in
            if case .arriving(let deadline) = state { deadline.cancel() }
            state = .arrived
        }
    }

    func responseEnded() {
        state.withLock { $0 = .idle }
    }
}
