import Testing

@testable import FuseboxHTTP

@Suite struct PageTests {
    @Test("The policy allows the file's own style and script, by their digests")
    func policy() throws {
        // printf 'a {}' | openssl dgst -sha256 -binary | base64
        let page = Page(Array("<style>a {}</style><script>1</script>".utf8))
        #expect(page.policy.hasPrefix("default-src 'none'; script-src 'sha256-"))
        #expect(
            page.policy.contains("script-src 'sha256-a4ayc/80/OGda4BO/1o/V0etpOqiLx1JwB5S3beHW0s='")
        )
        #expect(
            page.policy.contains("style-src 'sha256-mkSHzL7faOU7/U/v8Umg+058R69+vN2A2xmE3Fz1q98='"))
        #expect(page.policy.contains("connect-src 'self'"))
    }

    @Test("What has no script may run none")
    func noScript() {
        #expect(Page(Array("<p>".utf8)).policy.contains("script-src 'none'; style-src 'none'"))
    }

    @Test("The page is small, and everything it needs is in it")
    func file() {
        let html = Page().html
        #expect(html.utf8.count <= 120 << 10)
        #expect(html.hasPrefix("<!DOCTYPE html>"))
        for outside in ["src=", "@import", " url(", ":url(", "https://"] {
            #expect(!html.contains(outside), "\(outside)")
        }
        // Text from outside never becomes markup, and the policy's digests cover one element each.
        for markup in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write"] {
            #expect(!html.contains(markup), "\(markup)")
        }
        for element in ["<style>", "<script>"] {
            #expect(html.split(separator: element).count == 2, "\(element)")
        }
    }
}
