// All trained numbers of a network in one flat array, seen as named tensors. Optimiser, running
// average and checkpoints work on the flat array.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "engine/network/network_config.h"

namespace kinescore {

enum class ParameterStart {
  Zero,
  One,
  Normal,  // deviation `scale`
};

struct ParameterSpec {
  std::string name;
  std::vector<std::int64_t> shape;
  ParameterStart start = ParameterStart::Zero;
  double scale = 0;
  bool decays = false;       // weight decay applies (matrices only)
  bool isHidden = false;     // a matrix between two inner widths: the optimiser treats it as a whole
  std::int64_t offset = 0;   // in the flat array

  [[nodiscard]] std::int64_t count() const;
};

/// Puts a list together, in the order in which values are drawn.
class ParameterList {
 public:
  void add(std::string name, std::vector<std::int64_t> shape, ParameterStart start, double scale = 0);
  /// weight [out][in] of deviation gain / √in (zero for gain 0) and bias [out]
  void linear(const std::string& name, std::int64_t in, std::int64_t out, double gain = 1);
  /// weight and bias [width]
  void norm(const std::string& name, std::int64_t width);
  /// What decays comes first, so that the optimiser works on two runs of the flat array.
  [[nodiscard]] std::vector<ParameterSpec> take();

 private:
  std::vector<ParameterSpec> specs_;
};

/// The list a configuration asks for, in the order of the flat array.
[[nodiscard]] std::vector<ParameterSpec> networkParameters(const NetworkConfig& config);
[[nodiscard]] std::int64_t parameterCount(const std::vector<ParameterSpec>& specs);

using ParameterMap = std::map<std::string, at::Tensor>;

/// Fresh values, a function of the seed alone. Float32 [parameterCount].
[[nodiscard]] at::Tensor startingParameters(const std::vector<ParameterSpec>& specs, std::uint64_t seed);
/// Named views into a flat array; no copies.
[[nodiscard]] ParameterMap viewsOf(const std::vector<ParameterSpec>& specs, const at::Tensor& flat);
/// Leaves for one thread of training: they share `flat`, and their gradients add up in `gradients`.
[[nodiscard]] ParameterMap trainableViews(const std::vector<ParameterSpec>& specs, const at::Tensor& flat,
                                          const at::Tensor& gradients);

}  // namespace kinescore
