internal import Tensors

extension Checkpoint {
    static func normalFloats(
        _ tensors: [String: Tensor], directory: String
    ) throws(ModelError) -> [String: NF4Tensor] {
        [:]
    }
}
