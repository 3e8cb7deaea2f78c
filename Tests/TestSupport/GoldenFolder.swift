/// Where the committed reference values are.
public enum GoldenFolder {
    /// The path of a file or folder under `Tests/Goldens`.
    public static func path(_ relative: String, from file: String = #filePath) -> String {
        let tests = file.split(separator: "/", omittingEmptySubsequences: false).dropLast(2)
        return (tests + ["Goldens", relative[...]]).joined(separator: "/")
    }
}
