import Testing

@testable import Frontend

@Suite struct ServeSettingsTests {
    private func parse(_ text: String) throws -> ServeSettings {
        try ServeSettings(parsing: Array(text.utf8), path: "f.json")
    }

    @Test func keysAreTheFlags() throws {
        let file = try parse(
            """
            {"model": "m", "adapters": "a", "router": "r", "type": "q8_0", "workers": 3,
             "threads-per-worker": 2, "cache-type": "q8_0", "bind": "ipc:///tmp/x.sock"}
            """)
        #expect(file.model == "m")
        #expect(file.workers == 3)
        #expect(file.threadsPerWorker == 2)
        #expect(file.bind == "ipc:///tmp/x.sock")
        var flags = ServeSettings()
        flags.model = "mine"
        flags.workers = 1
        let settings = flags.completed(by: file)
        #expect(settings.model == "mine")
        #expect(settings.workers == 1)
        #expect(settings.type == "q8_0")
        #expect(
            settings.workerArguments(threads: 2) == [
                "worker", "--threads", "2", "--model", "mine", "--adapters", "a", "--router", "r",
                "--type", "q8_0", "--cache-type", "q8_0",
            ])
    }

    @Test func imagesAreBuiltUnlessTheyAreNotWanted() throws {
        var settings = try parse(
            #"{"model": "m", "image-folder": "i", "no-image": false, "prune-images": true}"#)
        #expect(
            settings.imageArguments == [
                "image", "--best-effort", "--model", "m", "--image-folder", "i", "--prune",
            ])
        #expect(settings.workerArguments(threads: 1).suffix(2) == ["--image-folder", "i"])
        settings.noImage = true
        #expect(settings.imageArguments == nil)
        #expect(settings.workerArguments(threads: 1).last == "--no-image")
    }

    @Test(arguments: [
        (#"{"no-image": 1}"#, "true or false"), (#"{"image-folder": true}"#, "must be a text"),
        (#"{"modle": "m"}"#, "\"modle\" is not known"), (#"{"workers": 0}"#, "from 1 to 1024"),
        (#"{"workers": "2"}"#, "from 1 to 1024"), (#"{"model": 1}"#, "must be a text"),
        ("[]", "JSON object"), ("{", "f.json"),
    ])
    func mistakesAreNamed(_ text: String, _ part: String) {
        let error = #expect(throws: ServiceFailure.self) { try parse(text) }
        #expect(error?.message.contains(part) == true)
        #expect(error?.message.contains("f.json") == true)
    }

    @Test func missingFile() {
        #expect(throws: ServiceFailure.self) { try ServeSettings(path: "/nowhere/f.json") }
    }

    @Test func coresAreShared() {
        func crew(_ workers: Int?, _ threads: Int?, cores: Int) -> [Int] {
            var settings = ServeSettings()
            settings.workers = workers
            settings.threadsPerWorker = threads
            let crew = settings.crew(cores: cores)
            return [crew.workers, crew.threads]
        }
        #expect(crew(nil, nil, cores: 1) == [1, 1])
        #expect(crew(nil, nil, cores: 2) == [2, 1])
        #expect(crew(nil, nil, cores: 8) == [2, 4])
        #expect(crew(3, nil, cores: 8) == [3, 2])
        #expect(crew(4, nil, cores: 2) == [4, 1])
        #expect(crew(nil, 8, cores: 8) == [1, 8])
        #expect(crew(4, 4, cores: 2) == [4, 4], "as was asked for")
    }
}
