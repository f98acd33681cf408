#include "engine/storage/gem_layout.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>

#include "engine/storage/safetensors_stream.h"

namespace kinescore {
namespace {

namespace fs = std::filesystem;

std::int64_t elementsOf(const std::vector<GemTensor>& tensors) {
  std::int64_t count = 0;
  for (const GemTensor& tensor : tensors) count += tensor.elementCount();
  return count;
}

TEST(GemLayoutTest, ThePublishedModelsHaveTheNamesAndParametersTheyShould) {
  const auto full = gemTensors({GemWiring::Full, 1024, 16});
  EXPECT_EQ(full.size(), 709u);
  EXPECT_EQ(parameterCount(full), 430'826'272);
  EXPECT_EQ(elementsOf(full), 522'988'208);
  const auto regression = gemTensors({GemWiring::Regression, 512, 12});
  EXPECT_EQ(regression.size(), 267u);
  EXPECT_EQ(parameterCount(regression), 43'295'008);
  EXPECT_EQ(elementsOf(regression), 48'415'008);
}

TEST(GemLayoutTest, EveryNameIsThereOnce) {
  for (const GemWiring wiring : {GemWiring::Full, GemWiring::Regression}) {
    std::set<std::string> names;
    const auto tensors = gemTensors({wiring, 32, 3});
    for (const GemTensor& tensor : tensors) EXPECT_TRUE(names.insert(tensor.name).second) << tensor.name;
  }
}

/// The reference's own small models, with the names of the published checkpoint.
TEST(GemLayoutTest, AgreesWithTheReferencesStateDicts) {
  const char* chosen = std::getenv("KINESCORE_GOLDENS");
  const fs::path folder = (chosen ? fs::path(chosen) : fs::path(KINESCORE_SOURCE_DIR) / "../shared/goldens") / "gem";
  if (!fs::exists(folder)) GTEST_SKIP() << "no goldens";
  const std::map<std::string, GemSizes> files = {
      {"denoiser_tiny.safetensors", {GemWiring::Full, 64, 2}},
      {"denoiser_mid.safetensors", {GemWiring::Full, 128, 4}},
      {"denoiser_tiny_regression.safetensors", {GemWiring::Regression, 64, 2}}};
  for (const auto& [name, sizes] : files) {
    const auto file = SafetensorsOnDisk::open(folder / name);
    ASSERT_TRUE(file) << file.error().message;
    std::set<std::string> known;
    for (const GemTensor& tensor : gemTensors(sizes)) {
      known.insert(tensor.name);
      const auto found = file->tensors().find(tensor.name);
      const bool mayBeMissing = tensor.role == GemRole::TableCopy || tensor.role == GemRole::PositionTable;
      ASSERT_TRUE(found != file->tensors().end() || mayBeMissing) << tensor.name;
      if (found != file->tensors().end()) {
        EXPECT_EQ(found->second.shape, tensor.shape) << tensor.name;
      }
    }
    for (const auto& [tensor, place] : file->tensors())
      EXPECT_TRUE(tensor.starts_with("golden.") || known.contains(tensor)) << tensor;
  }
}

}  // namespace
}  // namespace kinescore
