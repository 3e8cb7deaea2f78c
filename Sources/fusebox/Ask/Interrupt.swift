import Glibc

/// Ctrl-C while a reply comes: the first is handed over, so that the service stops too; the next ends the process as always,
/// unless the handler wants it too.
final class Interrupt {
    private let watch: SignalWatch

    convenience init(_ handler: @escaping @Sendable () -> Void) {
        self.init(repeating: {
            handler()
            return false
        })
    }

    /// - Parameter handler: whether it takes the next one too.
    init(repeating handler: @escaping @Sendable () -> Bool) {
        watch = SignalWatch([SIGINT]) { number in
            if !handler() { signal(number, SIG_DFL) }
        }
    }
}
