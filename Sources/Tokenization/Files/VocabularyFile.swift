internal import Tensors

/// The file that a directory has its tokens in.
enum VocabularyFile {
    /// `tokenizer.json`.
    case json(JSONValue)
    /// `tokenizer.model`, which counts where there is no `tokenizer.json`.
    case sentencePiece(SentencePieceFile)

    init(directory: String) throws(TokenizationError) {
        do throws(TokenizationError) {
            self = .json(try Tokenizer.document("\(directory)/tokenizer.json"))
        } catch {
            let path = "\(directory)/tokenizer.model"
            guard error.code == .unreadable, let bytes = try? Tokenizer.read(path) else {
                throw error
            }
            do throws(TokenizationError) {
                self = .sentencePiece(try SentencePieceFile(bytes))
            } catch {
                throw error.at(path)
            }
        }
    }
}
