internal import Tensors

extension Checkpoint {
    /// The NF4 weights of a bitsandbytes checkpoint by name.
    static func normalFloats(
        _ tensors: [String: Tensor]
    ) throws(ModelError) -> [String: NF4Tensor] {
        let marks = [".quant_state.bitsandbytes__nf4", ".quant_state.bitsandbytes__fp4"]
        var weights: [String: NF4Tensor] = [:]
        for key in tensors.keys {
            guard let mark = marks.first(where: key.hasSuffix) else { continue }
            let name = String(key.dropLast(mark.count))
            do {
                weights[name] = try NF4Tensor(name: name) { tensors[$0] }
            } catch {
                throw ModelError(
                    error.code == .unsupported ? .unsupported : .malformed, "\(error)")
            }
        }
        return weights
    }

    /// Refuses every quantization of a `config.json` but 4-bit NF4 by bitsandbytes.
    static func checkQuantization(_ json: JSONValue) throws(ModelError) {
        guard let quantization = json["quantization_config"], !quantization.isNull else { return }
        let isFourBit = quantization["load_in_4bit"]?.bool ?? false
        let isEightBit = quantization["load_in_8bit"]?.bool ?? false
        let method =
            quantization["quant_method"]?.string
            ?? (isFourBit || isEightBit ? "bitsandbytes" : "unnamed")
        guard method == "bitsandbytes" else {
            throw unsupported("the method \"\(method.prefix(64))\"")
        }
        guard isFourBit, !isEightBit else { throw unsupported("8-bit weights of bitsandbytes") }
        let type = quantization["bnb_4bit_quant_type"]?.string ?? "fp4"
        guard type == "nf4" else {
            throw unsupported("the 4-bit type \"\(type.prefix(64))\" of bitsandbytes")
        }
    }

    private static func unsupported(_ what: String) -> ModelError {
        ModelError(
            .unsupported,
            "quantization_config: \(what) is not supported; only 4-bit nf4 of bitsandbytes is, or use the unquantized checkpoint"
        )
    }
}
