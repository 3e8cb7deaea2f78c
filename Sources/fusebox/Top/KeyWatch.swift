import CSystemShims
import Dispatch
import Glibc

/// Has every key that is typed told to a handler, and nil at the end of the input, for as long as this is held; nothing where
/// standard input is no terminal.
final class KeyWatch {
    private let source: (any DispatchSourceRead)?

    init(_ handler: @escaping @Sendable (UInt8?) -> Void) {
        guard Terminal.isTyped else {
            source = nil
            return
        }
        let source = DispatchSource.makeReadSource(
            fileDescriptor: STDIN_FILENO, queue: .global())
        source.setEventHandler { handler(UInt8(exactly: fusebox_terminal_key(STDIN_FILENO))) }
        source.activate()
        self.source = source
    }

    deinit { source?.cancel() }
}
