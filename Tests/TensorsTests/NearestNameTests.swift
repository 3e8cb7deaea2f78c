import Tensors
import Testing

/// Which name was probably meant.
@Suite struct NearestNameTests {
    private let names = ["hotels", "books", "movies", "past_tense", "q", "Restaurants"]

    @Test(arguments: [
        ("hotel", "hotels"), ("hotesl", "hotels"), ("HOTELS", "hotels"), ("hutels", "hotels"),
        ("past-tense", "past_tense"), ("pasttense", "past_tense"), ("restaurant", "Restaurants"),
        ("moives", "movies"), ("boks", "books"),
    ])
    func namesThatAreNearAreFound(typed: String, meant: String) {
        #expect(typed.nearest(in: names) == meant)
    }

    @Test(arguments: ["cars", "", "hotels_and_restaurants", "x", "tense"])
    func othersAreNot(typed: String) {
        #expect(typed.nearest(in: names) == nil)
    }

    @Test func theFirstOfTheNearestIsTaken() {
        #expect("cat".nearest(in: ["bat", "rat", "cart"]) == "bat")
        #expect("cat".nearest(in: [String]()) == nil)
    }

    /// A name from outside costs no more than a table of 256 by 256.
    @Test func longNamesAreCut() {
        let long = String(repeating: "a", count: 1 << 20)
        #expect(long.nearest(in: [String(repeating: "a", count: 300)]) != nil)
    }
}
