internal import ArgumentParser
internal import Wire

/// What the front calls a worker process, on the command line: 16 bytes in hexadecimal.
struct WorkerIdentity: ExpressibleByArgument {
    let bytes: [UInt8]

    init?(argument: String) {
        guard let id = RequestID(argument) else { return nil }
        bytes = id.bytes
    }
}
