import Dispatch
import Glibc

/// Has signals told to a handler instead of what they else do, for as long as this is held.
final class SignalWatch {
    private let sources: [any DispatchSourceSignal]
    private let numbers: [Int32]

    /// Returns when the first signal would be told: until a source is registered, which another thread does, it would be lost.
    init(_ numbers: [Int32], _ handler: @escaping @Sendable (Int32) -> Void) {
        let queue = DispatchQueue(label: "fusebox.signals")
        let registration = DispatchGroup()
        self.numbers = numbers
        sources = numbers.map { number in
            // The system's own answer would come first.
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler { handler(number) }
            registration.enter()
            source.setRegistrationHandler { registration.leave() }
            source.activate()
            return source
        }
        registration.wait()
    }

    deinit {
        for source in sources { source.cancel() }
        for number in numbers { signal(number, SIG_DFL) }
    }
}
