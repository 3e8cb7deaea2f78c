extension ChatTemplate {
    /// The formats of known templates by the SHA-256 of their canonical text.
    ///
    /// To add one, take the digest from the error for it, and compare renderings as
    /// `Tests/Goldens/make_tokenizers.py` does.
    static let known: [String: Style] = [
        // ChatML: OpenHermes, with a default system message Qwen 1.5, Qwen2 and SmolLM2
        "5f993b7e120f23951ee41882932f296dafded1be7e3f5e3c1291224f9e67b8c4": .chatML(
            hasReasoning: false),
        "05d8af11b1e60621a8aa4f1adb84a8de64cd080a41178dd516f6dfc1bda6a30e": .chatML(
            hasReasoning: false),
        "c90ab584efd840131d7382bc59324c4b1099c76a7fae00387a55bc4759334b64": .chatML(
            hasReasoning: false),
        "94a28dbad6e8c3c16ec59eb75818396169af12c58f91cdc674f4c84b9882b220": .chatML(
            hasReasoning: false),
        // Qwen2.5
        "7aa61172e7466dec7aca35f78b3cc8bc14afead49466502f78cdc45ac34a17b9": .chatML(
            hasReasoning: false),
        // Qwen3, two revisions
        "9800bdd4226f65369e828fcecdaf3153421bba67e65bb149bb73b497748348ae": .chatML(
            hasReasoning: true),
        "52cff748166e0d5047a5849c7d6e3c93d92603cf7f1d470dee7eeb5eb1bdc8ac": .chatML(
            hasReasoning: true),
        // Llama 3, two revisions
        "7ddf45384ef4f8c6918cd6db11c219c18669b0e6761e8f9015474a6560d98c16": llama3,
        "553ee6cccefea0b15abb108fa4436a83e5e6305a2c3af2015b20db28f589f83c": .llama3(
            LlamaForm(hasDates: false, alwaysPrompts: true)),
        // Llama 3.1 and 3.3, Llama 3.2
        "f2e797d29e7a9cfc8045fc1bf3d65527d00ca357a180e443926d04b77c2bc05e": datedLlama3,
        "2070ee41828f439c30255ae33db66113ad87565b497f04cb26aec48c8ddacb17": datedLlama3,
        // Llama 2, two revisions, and the copy of the chat_templates project
        "106fe9517ee9bfdf8fb3dac67e66c99615e6abfea197a8a01334cc328d0620c0": llama2,
        "c6505dedf1f391d95edfbc824bdd3d377ba9234ba77c39ee10f33ea62d4fcac9": llama2,
        "ce59f29805393752655743b35509dc83317a5db540914e8c56ea989859a92a93": .llama2(
            LlamaTwoForm(stripsSystem: true)),
        // Mistral 7B Instruct v0.1, v0.2 and Mixtral, v0.2 with a system message
        "0b26bcdd0913bdeef85e4bd9292acc0e39b497bc283eeaffb49a91e8b8c15c91": .mistral(
            MistralForm(
                open: "[INST] ", close: " [/INST]", replyPrefix: "", replySuffix: " ",
                system: .refused)),
        "3e0120754884cb2bd37f0564376c190a806ba1f586cac1cc2b8ef68b18ec365c": .mistral(
            MistralForm(open: "[INST] ", close: " [/INST]", replyPrefix: "", system: .refused)),
        "038df8c1864894eaf6a4f1417d81c3c372fffeda7b93d0356680e42f55a6119d": .mistral(
            MistralForm(open: " [INST] ", close: " [/INST]", replyPrefix: " ", system: .firstTurn)),
        // Mistral 7B Instruct v0.3 and Large 2407, Nemo 2407, Large 2411
        "16dfe5bfbf808308a39e2b6d508e41b59c87f49ab162252c7d26041f9bd4f50c": .mistral(
            MistralForm(
                open: "[INST] ", close: "[/INST]", replyPrefix: " ", trimsReply: true,
                system: .lastTurn)),
        "c677ba3e17245f03454fb5ebe6c03e5acb5220ad202a53462026e284f094b4d5": .mistral(
            MistralForm(open: "[INST]", close: "[/INST]", replyPrefix: "", system: .lastTurn)),
        "413692ecd683e1543552629bf6545ce63bc039b8355b4600293519ef19a46aff": .mistral(
            MistralForm(open: "[INST] ", close: "[/INST]", replyPrefix: " ", system: .ownBlock)),
        // TinyLlama Chat and Zephyr
        "ee13384c1a473e67f33ad4a9f052814d426513ce0a85414edceacabd655602ca": .zephyr,
        // The demo
        "583a7029eba57349f62278e3f1fc4b5f715c480a29455309ee64d48e7c7448a7": .demo,
    ]

    private static let llama3 = Style.llama3(LlamaForm(hasDates: false, alwaysPrompts: false))
    private static let datedLlama3 = Style.llama3(LlamaForm(hasDates: true, alwaysPrompts: false))
    private static let llama2 = Style.llama2(LlamaTwoForm(stripsSystem: false))
}
