// The reference's own tensors, and the book that is kept of how near we come to them.
//
// Every tensor of a file has to be used, as an input or in a comparison: `finish` fails for those that were not. With
// KINESCORE_WRITE_PARITY=<path> the comparisons of a run are written as a table (docs/gem-parity.md).
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "engine/network/gem/body.h"
#include "engine/network/gem/conditions.h"
#include "engine/network/gem/denoiser.h"
#include "engine/storage/safetensors.h"

namespace kinescore::gem {

/// How an error is measured before it is held against the tolerance.
enum class Measure {
  Relative,     // largest difference over the larger of 1 and the largest value of the reference
  Absolute,     // largest difference
  Elementwise,  // largest of difference over the size of the reference's number
};
struct Tolerance {
  double value = 0;
  Measure measure = Measure::Relative;
};
constexpr Tolerance relative(double value) { return {value, Measure::Relative}; }
constexpr Tolerance absolute(double value) { return {value, Measure::Absolute}; }
constexpr Tolerance elementwise(double value) { return {value, Measure::Elementwise}; }
constexpr Tolerance kExact = {0, Measure::Absolute};

class GoldenFile {
 public:
  /// From KINESCORE_GOLDENS (else ../shared/goldens beside the sources), or from the few kept with the tests.
  [[nodiscard]] static std::optional<GoldenFile> open(const std::string& name);
  [[nodiscard]] static std::optional<GoldenFile> openKept(const std::string& name);
  GoldenFile(GoldenFile&&) = default;

  [[nodiscard]] const SafetensorsFile& file() const { return file_; }
  [[nodiscard]] bool has(const std::string& name) const { return file_.find(name) != nullptr; }
  /// Names that start with `prefix`.
  [[nodiscard]] std::vector<std::string> names(const std::string& prefix) const;

  /// Float32, or int64 where the file has whole numbers.
  [[nodiscard]] at::Tensor input(const std::string& name);
  /// As they are in the file, for tables in double precision.
  [[nodiscard]] std::vector<double> doubles(const std::string& name);

  void compare(const std::string& name, const at::Tensor& got, Tolerance tolerance);
  /// Axis-angle vectors; where the reference's angle is near π, as matrices, since there the axis may point either way.
  void compareRotations(const std::string& name, const at::Tensor& got, Tolerance tolerance);
  void compareDoubles(const std::string& name, const std::vector<double>& got, Tolerance tolerance);

  /// Fails for every tensor that was not used, weights aside.
  void finish(const std::function<bool(const std::string&)>& isWeight = {});

 private:
  GoldenFile(std::string name, SafetensorsFile file) : name_(std::move(name)), file_(std::move(file)) {}
  void record(const std::string& tensor, double worst, Tolerance tolerance, std::int64_t wrong);

  std::string name_;
  SafetensorsFile file_;
  std::set<std::string> used_;
};

/// Tensors [...][3], [...][3][3] and [...][4] (w, x, y, z) of plain values, and back.
[[nodiscard]] std::vector<glm::vec3> vectorsOf(const at::Tensor& values);
[[nodiscard]] std::vector<glm::mat3> matricesOf(const at::Tensor& values);
[[nodiscard]] std::vector<glm::quat> quaternionsOf(const at::Tensor& values);
[[nodiscard]] std::vector<SixD> sixDsOf(const at::Tensor& values);
[[nodiscard]] std::vector<MotionVector> motionsOf(const at::Tensor& values);
[[nodiscard]] at::Tensor tensorOfVectors(const std::vector<glm::vec3>& values);
[[nodiscard]] at::Tensor tensorOfMatrices(const std::vector<glm::mat3>& values);
[[nodiscard]] at::Tensor tensorOfMatrices(const std::vector<glm::mat4>& values);
[[nodiscard]] at::Tensor tensorOfQuaternions(const std::vector<glm::quat>& values);
template <std::size_t N>
at::Tensor tensorOfArrays(const std::vector<std::array<float, N>>& values) {
  at::Tensor result = at::empty({std::int64_t(values.size()), std::int64_t(N)});
  for (std::size_t i = 0; i < values.size(); ++i) {
    std::copy(values[i].begin(), values[i].end(), result.mutable_data_ptr<float>() + i * N);
  }
  return result;
}

/// The clips of an input batch ("golden.A.in.…"). `texts` [n][50][1024].
[[nodiscard]] std::vector<ClipConditions> clipsOf(GoldenFile& file, const std::string& prefix, const at::Tensor& texts);
/// Features of texts by their row, −1: none.
[[nodiscard]] at::Tensor textsByIndex(const at::Tensor& texts, const at::Tensor& index);
[[nodiscard]] BodyModel bodyOf(GoldenFile& file);

/// Small sizes with every tensor away from zero, for tests of behaviour.
[[nodiscard]] Config smallConfig(Wiring wiring = Wiring::Full);
[[nodiscard]] ParameterMap loudWeights(const Config& config, std::uint64_t seed = 1);
[[nodiscard]] at::Tensor randomTensor(const std::vector<std::int64_t>& shape, std::uint64_t seed);
[[nodiscard]] double largestDifference(const at::Tensor& a, const at::Tensor& b);

}  // namespace kinescore::gem
