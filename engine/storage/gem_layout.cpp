#include "engine/storage/gem_layout.h"

namespace kinescore {
namespace {

using Shape = std::vector<std::int64_t>;

/// Writes the list down in the words of the network's parts.
class LayoutWriter {
 public:
  explicit LayoutWriter(const GemSizes& sizes) : sizes_(sizes), width_(sizes.width) {}

  std::vector<GemTensor> write() && {
    for (int layer = 0; layer < sizes_.layers; ++layer) encoderBlock(denoiser("blocks." + std::to_string(layer)));
    if (isFull()) {
      for (int layer = 0; layer < sizes_.layers; ++layer)
        textBlock(denoiser("text_encoder_layers." + std::to_string(layer)));
      linear(denoiser("embed_text"), kGemTextWidth, width_);
    }
    timestepAndHeads();
    keypointEmbedder();
    cameraAndImageEmbedders();
    if (isFull()) soundEmbedders();
    presenceEmbedders();
    return std::move(tensors_);
  }

 private:
  bool isFull() const { return sizes_.wiring == GemWiring::Full; }
  static std::string denoiser(const std::string& name) { return std::string(kGemDenoiserPrefix) + name; }

  void add(std::string name, Shape shape, GemRole role = GemRole::Parameter) {
    tensors_.push_back({std::move(name), std::move(shape), role});
  }
  void linear(const std::string& name, int in, int out) {
    add(name + ".weight", {out, in});
    add(name + ".bias", {out});
  }
  void mlp(const std::string& name, int in, int inner, int out) {
    linear(name + ".fc1", in, inner);
    linear(name + ".fc2", inner, out);
  }
  void norm(const std::string& name, int channels) {
    add(name + ".weight", {channels});
    add(name + ".bias", {channels});
  }
  void gate(const std::string& name) { add(name, {1, 1, width_}); }
  void positionTable(const std::string& name, GemRole role) { add(name + ".pe", {kGemPositions, 1, width_}, role); }
  void convolution(const std::string& name, int in, int out) {
    add(name + ".weight", {out, in, kGemSpeechKernel});
    add(name + ".bias", {out});
  }
  void batchNorm(const std::string& name, int channels) {
    norm(name, channels);
    add(name + ".running_mean", {channels}, GemRole::Statistic);
    add(name + ".running_var", {channels}, GemRole::Statistic);
    add(name + ".num_batches_tracked", {}, GemRole::Counter);
  }

  void encoderBlock(const std::string& name) {
    gate(name + ".gate_msa");
    gate(name + ".gate_mlp");
    norm(name + ".norm1", width_);
    norm(name + ".norm2", width_);
    for (const char* part : {"query", "key", "value", "proj"}) linear(name + ".attn." + part, width_, width_);
    mlp(name + ".mlp", width_, kGemMlpRatio * width_, width_);
  }

  void textBlock(const std::string& name) {
    gate(name + ".gate_cross_attn");
    gate(name + ".gate_mlp");
    norm(name + ".norm2", width_);
    norm(name + ".norm3", width_);
    add(name + ".cross_attn.in_proj_weight", {3 * width_, width_});  // rows: query, key, value
    add(name + ".cross_attn.in_proj_bias", {3 * width_});
    linear(name + ".cross_attn.out_proj", width_, width_);
    mlp(name + ".mlp", width_, kGemMlpRatio * width_, width_);
    positionTable(name + ".motion_pos_encoder", GemRole::TableCopy);
  }

  void timestepAndHeads() {
    positionTable(denoiser("sequence_pos_encoder"), GemRole::PositionTable);
    positionTable(denoiser("embed_timestep.sequence_pos_encoder"), GemRole::TableCopy);
    linear(denoiser("embed_timestep.time_embed.0"), width_, width_);
    linear(denoiser("embed_timestep.time_embed.2"), width_, width_);
    mlp(denoiser("final_layer"), width_, width_, kGemMotionChannels);
    mlp(denoiser("pred_cam_head"), width_, width_, kGemCameraChannels);
    mlp(denoiser("static_conf_head"), width_, width_, kGemContacts);
    linear(denoiser("add_cond_linear"), width_ + kGemMotionChannels, width_);
  }

  void keypointEmbedder() {
    add("learned_pos_params", {kGemKeypoints, kGemKeypointWidth});
    linear("learned_pos_linear", 2, kGemKeypointWidth);
    mlp("embed_noisyobs", kGemKeypoints * kGemKeypointWidth, 2 * width_, width_);
  }

  void cameraAndImageEmbedders() {
    linear("cliffcam_embedder.0", 3, width_);
    linear("cliffcam_embedder.3", width_, width_);
    linear("cam_angvel_embedder.0", 6, width_);
    linear("cam_angvel_embedder.3", width_, width_);
    norm("imgseq_embedder.0", kGemImageWidth);
    linear("imgseq_embedder.1", kGemImageWidth, width_);
  }

  void soundEmbedders() {
    mlp("music_embedder", kGemMusicFeatures, 2 * width_, width_);
    int index = 0;
    for (const GemSpeechBlock& block : kGemSpeechBlocks) {
      const std::string name = "audio_encoder." + std::to_string(index++);
      convolution(name + ".conv1", block.in, block.out);
      batchNorm(name + ".bn1", block.out);
      convolution(name + ".conv2", block.out, block.out);
      batchNorm(name + ".bn2", block.out);
      if (!block.hasShortcut) continue;
      convolution(name + ".downsample.0", block.in, block.out);
      batchNorm(name + ".downsample.1", block.out);
    }
    norm("audio_embedder.0", kGemSpeechWidth);
    linear("audio_embedder.1", kGemSpeechWidth, width_);
  }

  /// One for each condition that may be absent: it takes the condition and whether it is there.
  void presenceEmbedders() {
    std::vector<std::string> conditions = {"f_cliffcam", "f_imgseq", "f_cam_angvel"};
    if (isFull()) conditions.insert(conditions.end(), {"encoded_music", "encoded_audio"});
    for (const std::string& condition : conditions) {
      linear("cond_exists_embedder." + condition + ".0", width_ + 1, width_);
      linear("cond_exists_embedder." + condition + ".2", width_, width_);
    }
  }

  const GemSizes sizes_;
  const int width_;
  std::vector<GemTensor> tensors_;
};

}  // namespace

const char* nameOf(GemWiring wiring) { return wiring == GemWiring::Full ? "gem_smpl" : "gem_smpl_regression"; }

std::int64_t GemTensor::elementCount() const {
  std::int64_t count = 1;
  for (const std::int64_t n : shape) count *= n;
  return count;
}

std::vector<GemTensor> gemTensors(const GemSizes& sizes) { return LayoutWriter(sizes).write(); }

std::int64_t parameterCount(const std::vector<GemTensor>& tensors) {
  std::int64_t count = 0;
  for (const GemTensor& tensor : tensors) {
    if (tensor.role == GemRole::Parameter) count += tensor.elementCount();
  }
  return count;
}

}  // namespace kinescore
