import Dispatch
import Glibc

/// Ctrl-C while a reply comes: the first is handed over, so that the service stops too; the next ends the process as always,
/// unless the handler wants it too.
final class Interrupt {
    private let source: any DispatchSourceSignal

    convenience init(_ handler: @escaping @Sendable () -> Void) {
        self.init(repeating: {
            handler()
            return false
        })
    }

    /// - Parameter handler: whether it takes the next one too.
    init(repeating handler: @escaping @Sendable () -> Bool) {
        signal(SIGINT, SIG_IGN)
        source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
        source.setEventHandler {
            if !handler() { signal(SIGINT, SIG_DFL) }
        }
        source.resume()
    }

    deinit {
        source.cancel()
        signal(SIGINT, SIG_DFL)
    }
}
