import Tensors
import Testing

@testable import Models

/// Of the quantizations that a `config.json` may declare only bitsandbytes' NF4 is read; the others are refused by name.
@Suite struct QuantizationRefusalTests {
    @Test(arguments: [
        (#"{"quant_method": "gptq", "bits": 4}"#, "gptq"),
        (#"{"quant_method": "awq", "bits": 4}"#, "awq"),
        (#"{"quant_method": "fp8"}"#, "fp8"),
        (#"{"quant_method": "bitsandbytes", "load_in_8bit": true}"#, "8-bit"),
        (
            #"{"quant_method": "bitsandbytes", "load_in_4bit": true, "bnb_4bit_quant_type": "fp4"}"#,
            "fp4"
        ),
        (#"{"load_in_4bit": true}"#, "fp4"), (#"{"bits": 4}"#, "unnamed"),
    ])
    func othersAreRefusedByName(_ quantization: String, _ name: String) throws {
        let json = try JSONValue(parsing: "{\"quantization_config\": \(quantization)}")
        #expect {
            try Checkpoint.checkQuantization(json)
        } throws: { error in
            (error as? ModelError)?.code == .unsupported && "\(error)".contains(name)
        }
    }

    @Test(arguments: [
        "{}", #"{"quantization_config": null}"#,
        #"{"quantization_config": {"load_in_4bit": true, "bnb_4bit_quant_type": "nf4"}}"#,
    ])
    func nf4AndNothingAreRead(_ text: String) throws {
        try Checkpoint.checkQuantization(try JSONValue(parsing: text))
    }
}
