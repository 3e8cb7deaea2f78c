import FoundationEssentials
import Tensors

/// What a path that leads nowhere was probably meant to be.
enum PathGuess {
    /// Refuses a path that leads nowhere and is nearly one that leads somewhere; all else is its reader's concern.
    static func check(_ path: String) throws(CommandError) {
        guard !FileManager.default.fileExists(atPath: path) else { return }
        let (folder, name) = split(path)
        guard FileManager.default.fileExists(atPath: folder) else { return try check(folder) }
        let others = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        guard let guess = name.nearest(in: others.sorted()) else { return }
        let place = folder == "." ? guess : (folder == "/" ? "" : folder) + "/" + guess
        throw CommandError("\(path): there is no such file or folder; did you mean \(place)?")
    }

    /// The folder of a path, `.` where it names none, and its last name.
    static func split(_ path: String) -> (folder: String, name: String) {
        let bytes = path.utf8
        let end = bytes.lastIndex { $0 != UInt8(ascii: "/") }.map(bytes.index(after:))
        let trimmed = path[..<(end ?? path.startIndex)]
        guard let slash = trimmed.utf8.lastIndex(of: UInt8(ascii: "/")) else {
            return (".", String(trimmed))
        }
        let folder = String(trimmed[..<slash])
        return (folder.isEmpty ? "/" : folder, String(trimmed[trimmed.utf8.index(after: slash)...]))
    }
}
