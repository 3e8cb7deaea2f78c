import FoundationEssentials
import Tensors

/// Where a training writes its adapter, and its state until it is done.
struct TrainingOutput {
    let folder: String

    var statePath: String { "\(folder)/training_state.safetensors" }

    /// Refuses to write over what is there, and to go on where nothing is.
    func check(isResumed: Bool) throws(CommandError) {
        let files = FileManager.default
        if isResumed {
            guard files.fileExists(atPath: statePath) else {
                throw CommandError(
                    "\(folder): there is no interrupted training to resume; leave --resume out")
            }
        } else if files.fileExists(atPath: statePath) {
            throw CommandError(
                "\(folder): has an interrupted training; go on with --resume, or remove the folder")
        } else if files.fileExists(atPath: "\(folder)/adapter_config.json") {
            throw CommandError(
                "\(folder): has an adapter already; give another --output, or remove the folder")
        }
    }
}
