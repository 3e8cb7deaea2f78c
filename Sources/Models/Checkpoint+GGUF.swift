extension Checkpoint {
    init(gguf: String) throws(ModelError) {
        throw ModelError(.unsupported, "\(gguf): GGUF")
    }
}
