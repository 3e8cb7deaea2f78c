/// The architectures that Fusebox runs: variations of one decoder (RMS norm, rotary embedding, grouped heads, SwiGLU).
public enum ModelFamily: String, Sendable, CaseIterable {
    case llama, mistral, qwen2, qwen3
}
