#include "engine/train/optimizer.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "tests/engine/network/small_model.h"

namespace kinescore {
namespace {

at::Tensor drawn(std::vector<std::int64_t> shape, std::uint64_t seed) {
  at::Tensor t = at::zeros(shape);
  CounterRandom random(seed);
  for (std::int64_t i = 0; i < t.numel(); ++i) t.data_ptr<float>()[i] = float(random.normal());
  return t;
}

TEST(Optimizer, OrthogonalisedMatricesTurnAllDirectionsAlike) {
  for (const auto& shape : {std::vector<std::int64_t>{24, 96}, {96, 24}, {32, 48}}) {
    at::Tensor matrix = drawn(shape, 3) * 1e-3;
    matrix.select(0, 0).mul_(30);  // one direction far louder than the others
    const at::Tensor result = orthogonalised(matrix);
    ASSERT_EQ(result.sizes(), matrix.sizes());
    const at::Tensor sizes = at::linalg_svdvals(result);
    EXPECT_GT(sizes.min().item<float>(), 0.5f);
    EXPECT_LT(sizes.max().item<float>(), 1.3f);
    // and it still points where the matrix did
    EXPECT_GT((result * matrix).sum().item<float>(), 0);
  }
  EXPECT_EQ(orthogonalised(at::zeros({4, 8})).abs().max().item<float>(), 0.0f);
}

TEST(Optimizer, TheBitsDoNotDependOnTheNumberOfBins) {
  const auto specs = networkParameters(smallConfig());
  const std::int64_t total = parameterCount(specs);
  std::vector<at::Tensor> results;
  for (const int bins : {1, 2, 5}) {
    const OptimizerArrays arrays{startingParameters(specs, 1), drawn({total}, 2), at::zeros({total}), at::zeros({total})};
    const OptimizerOptions options;
    for (int step = 0; step < 3; ++step) {
      for (const auto& bin : optimizerStep(specs, arrays, 1e-3, step, options, bins)) bin();
    }
    results.push_back(arrays.values);
  }
  EXPECT_TRUE(at::equal(results[0], results[1]));
  EXPECT_TRUE(at::equal(results[0], results[2]));
  EXPECT_FALSE(at::equal(results[0], startingParameters(specs, 1)));
}

TEST(Optimizer, EveryParameterMovesAgainstItsGradient) {
  const auto specs = networkParameters(smallConfig());
  const std::int64_t total = parameterCount(specs);
  const at::Tensor start = startingParameters(specs, 1), slope = drawn({total}, 2);
  const OptimizerArrays arrays{start.clone(), slope.clone(), at::zeros({total}), at::zeros({total})};
  OptimizerOptions options;
  options.weightDecay = 0;
  for (const auto& bin : optimizerStep(specs, arrays, 1e-3, 0, options, 2)) bin();
  for (const ParameterSpec& spec : specs) {
    const auto of = [&](const at::Tensor& flat) { return flat.narrow(0, spec.offset, spec.count()); };
    EXPECT_LT(((of(arrays.values) - of(start)) * of(slope)).sum().item<float>(), 0) << spec.name;
  }
}

}  // namespace
}  // namespace kinescore
