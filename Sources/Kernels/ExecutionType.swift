/// What the base's weights are executed as.
///
/// A quantized source is never quantized again.
public enum ExecutionType: String, Sendable, CaseIterable {
    /// The reference: weights and activations in 32-bit floats.
    case f32
    /// 8-bit blocks of 32, activations in int8.
    // swift-format-ignore: AlwaysUseLowerCamelCase
    case q8_0
    /// 4-bit blocks of 32, activations in int8; embedding and head as `q8_0`.
    // swift-format-ignore: AlwaysUseLowerCamelCase
    case q4_0
    /// 4-bit normal floats with double quantization (QLoRA), activations in int8; embedding and head stay as they are.
    case nf4
    /// As the checkpoint has them.
    case stored
}
