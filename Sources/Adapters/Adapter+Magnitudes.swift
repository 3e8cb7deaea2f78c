internal import Tensors

extension Adapter {
    /// Root mean squares of trained factors are below 1, of lengths of rows and norms below 100.
    static let largestMagnitude = 1000.0

    /// Refuses files with numbers that no training leaves: such as are not finite, and tensors that are far too large.
    public static func checkMagnitudes(path: String) throws(AdapterError) {
        for tensor in try AdapterFiles(path: path).tensors {
            do throws(AdapterError) {
                let values = try AdapterCopies.floats(tensor)
                let sum = values.reduce(0.0) { $0 + Double($1) * Double($1) }
                let magnitude = (sum / Double(max(values.count, 1))).squareRoot()
                guard magnitude <= largestMagnitude else {
                    throw AdapterError(
                        .malformed,
                        "tensor \(String(tensor.name.prefix(160)).quoted) has numbers of a size of \(magnitude), at most \(largestMagnitude) is trained; the training diverged"
                    )
                }
            } catch {
                throw AdapterError(error.code, "\(path): \(error)")
            }
        }
    }
}
