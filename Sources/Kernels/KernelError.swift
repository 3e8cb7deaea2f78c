public import Tensors

/// What the kernels refuse: unusable settings and weights that do not fit a format.
public enum KernelError: Error, Sendable, Hashable, CustomStringConvertible {
    case unknownKernelSet(String, available: [String])
    case noThreads(Int)
    case shape(name: String, found: [Int], needed: String)
    case format(name: String, problem: String)
    case tensor(TensorError)

    public var description: String {
        switch self {
        case .unknownKernelSet(let name, let available):
            "kernel set \"\(name)\": not available on this processor; choose one of \(available.joined(separator: ", "))"
        case .noThreads(let count):
            "the system refused to start \(count) threads; ask for fewer"
        case .shape(let name, let found, let needed):
            "tensor \"\(name)\" has the shape \(found), needed is \(needed)"
        case .format(let name, let problem):
            "tensor \"\(name)\": \(problem)"
        case .tensor(let error):
            error.message
        }
    }
}
