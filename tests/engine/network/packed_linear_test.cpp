#include "engine/network/packed_linear.h"

#include <gtest/gtest.h>

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

namespace kinescore {
namespace {

Linear someMap(std::int64_t in, std::int64_t out) { return {at::randn({out, in}), at::randn({out})}; }

double difference(const at::Tensor& a, const at::Tensor& b) { return (a - b).abs().max().item<double>(); }

// Any number of rows, in rows of several clips, and operands that are not contiguous.
TEST(PackedLinearTest, SaysWhatThePlainMapSays) {
  const c10::InferenceMode inference;
  at::manual_seed(1);
  const Linear plain = someMap(96, 160), map = packed(plain);
  EXPECT_TRUE(map.weight.is_mkldnn()) << "this LibTorch cannot pack; the rest of the test compares the plain map";
  EXPECT_EQ(map.weight.size(0), 160);
  EXPECT_EQ(map.weight.size(1), 96);
  for (const std::int64_t rows : {1, 7, 600}) {
    const at::Tensor x = at::randn({rows, 96});
    EXPECT_LT(difference(map(x), plain(x)), 2e-5) << rows;
  }
  const at::Tensor clips = at::randn({2, 96, 50}).transpose(1, 2);
  EXPECT_EQ(map(clips).sizes(), plain(clips).sizes());
  EXPECT_LT(difference(map(clips), plain(clips)), 2e-5);
  const at::Tensor x = at::randn({300, 96});
  EXPECT_TRUE(at::equal(map(x), map(x)));
  EXPECT_LT(difference(Linear{map.weight, {}}(x), at::linear(x, plain.weight)), 2e-5) << "without a bias";
}

TEST(PackedLinearTest, OtherTypesStayAsTheyAre) {
  Linear half = someMap(8, 8);
  half.weight = half.weight.to(at::kBFloat16);
  EXPECT_FALSE(packed(half).weight.is_mkldnn());
  EXPECT_TRUE(packed(half).weight.is_same(half.weight));
}

}  // namespace
}  // namespace kinescore
