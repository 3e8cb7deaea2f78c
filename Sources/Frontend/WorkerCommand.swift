/// How a worker process is started.
public struct WorkerCommand: Sendable {
    /// The path of the program; this program itself unless a test wants another.
    public var executable = "/proc/self/exe"
    public var arguments: [String]

    public init(arguments: [String]) {
        self.arguments = arguments
    }
}
