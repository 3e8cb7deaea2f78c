import FoundationEssentials
import FuseboxPage
import HTTPTypes
import Hummingbird
import NIOCore
import Tensors

/// The page at `/`: one file that carries its style and script, inside the program so that it is where the program is.
///
/// Its policy names both by their SHA-256 (Content Security Policy Level 3, "hash-source"): a browser runs nothing else and
/// asks nobody but this gateway.
struct Page: Sendable {
    let html: String
    let policy: String

    /// - Parameter bytes: the file, UTF-8.
    init(_ bytes: [UInt8] = PageFile.bytes) {
        html = String(decoding: bytes, as: UTF8.self)
        policy = [
            "default-src 'none'",
            "script-src \(Self.source(of: "script", in: html))",
            "style-src \(Self.source(of: "style", in: html))",
            "connect-src 'self'",
            // The icon, which is in the file.
            "img-src data:",
            "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
        ].joined(separator: "; ")
    }

    /// `'sha256-...'` of what the element has between its tags; `'none'` where there is no such element.
    private static func source(of element: String, in html: String) -> String {
        guard let start = html.firstRange(of: "<\(element)>"),
            let end = html[start.upperBound...].firstRange(of: "</\(element)>")
        else { return "'none'" }
        let digest = Digest(of: Array(html[start.upperBound..<end.lowerBound].utf8))
        return "'sha256-\(Data(digest.bytes).base64EncodedString())'"
    }

    var response: Response {
        var response = Response(text: html, mediaType: "text/html; charset=utf-8")
        response.headers[.contentSecurityPolicy] = policy
        // Another version of the program has another page.
        response.headers[.cacheControl] = "no-cache"
        return response
    }
}
