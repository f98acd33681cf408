// GEM files and T5 folders as a user has them, only tiny and of random numbers.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "engine/network/gem/weights.h"
#include "engine/network/tensor_files.h"
#include "engine/storage/safetensors.h"
#include "tests/engine/network/gem/goldens.h"
#include "tests/support/temporary_folder.h"

namespace kinescore::gem {

using NamedTensors = std::map<std::string, at::Tensor>;

/// Of the small configuration, with steps and turns of a size that a body can make.
inline NamedTensors tinyNetwork(Wiring wiring = Wiring::Full) {
  NamedTensors tensors;
  for (const auto& [name, tensor] : loudWeights(smallConfig(wiring))) {
    const bool isMotionHead = name.find("final_layer.fc2") != std::string::npos;
    tensors[name] = (isMotionHead ? tensor * 0.02 : tensor).contiguous();
  }
  tensors.erase(positionTableName());
  return tensors;
}

inline std::filesystem::path writeNetwork(const std::filesystem::path& file,
                                          const NamedTensors& tensors) {
  SafetensorsWriter writer;
  writer.setMetadata("architecture", "gem");
  writer.setMetadata(kHeadsNote, std::to_string(smallConfig().heads));
  for (const auto& [name, tensor] : tensors)
    writer.addFloats(name, tensor.sizes().vec(), floatsOf(tensor));
  putBytes(file, writer.write());
  return file;
}

/// T5 of GEM's width with one small layer, and the pieces of tests/data/t5.
inline std::filesystem::path writeTinyT5(const std::filesystem::path& folder,
                                         std::int64_t width = kTextChannels) {
  std::filesystem::create_directories(folder);
  std::filesystem::copy_file(std::filesystem::path(KINESCORE_TEST_DATA_DIR) / "t5/spiece.model",
                             folder / "spiece.model");
  SafetensorsWriter writer;
  std::uint64_t seed = 40;
  const auto add = [&](const std::string& name, const std::vector<std::int64_t>& shape,
                       double scale) {
    writer.addFloats(name, shape, floatsOf((randomTensor(shape, ++seed) * scale).contiguous()));
  };
  const std::string block = "encoder.block.0.layer.";
  add("shared.weight", {28, width}, 1);
  for (const char* part : {"q", "k", "v"})
    add(block + "0.SelfAttention." + part + ".weight", {16, width}, 0.03);
  add(block + "0.SelfAttention.o.weight", {width, 16}, 0.2);
  add(block + "0.SelfAttention.relative_attention_bias.weight", {32, 2}, 1);
  add(block + "0.layer_norm.weight", {width}, 1);
  add(block + "1.DenseReluDense.wi.weight", {16, width}, 0.03);
  add(block + "1.DenseReluDense.wo.weight", {width, 16}, 0.2);
  add(block + "1.layer_norm.weight", {width}, 1);
  add("encoder.final_layer_norm.weight", {width}, 1);
  putBytes(folder / "model.safetensors", writer.write());
  return folder;
}

}  // namespace kinescore::gem
