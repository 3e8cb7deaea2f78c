/// What a training changes: numbers in one row, and where they stand in the model.
protocol TrainableParameters: AnyObject {
    /// By layer and site.
    var addends: [[LowRankSite?]] { get }
    /// All numbers, in an order that stays.
    var values: [Float] { get set }
    /// d loss / d value of each, of what the addends gathered.
    var gradient: [Float] { get }
}
