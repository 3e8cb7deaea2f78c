/// Whether a sentence begins with the scalar that is read.
enum SentenceVerdict {
    case goesOn, ends
    /// The word that it begins says so.
    case depends(NextWord.Question)
}
