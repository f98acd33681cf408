#include "engine/text/t5_prompts.h"

#include <algorithm>
#include <cassert>
#include <system_error>

#include "engine/storage/safetensors_stream.h"

namespace kinescore {
namespace {

constexpr const char* kPiecesFile = "spiece.model";

}  // namespace

std::vector<int> t5Ids(const SentencePiece& pieces, std::string_view prompt) {
  assert(pieces.endId());
  std::vector<int> ids;
  for (const SentencePiece::Token& token : pieces.tokenise(prompt)) ids.push_back(token.id);
  if (ids.empty()) return ids;
  ids.resize(std::min<std::size_t>(ids.size(), kT5PromptRows - 1));
  ids.push_back(*pieces.endId());
  return ids;
}

Status checkT5Files(const std::filesystem::path& folder) {
  std::error_code ignored;
  if (!std::filesystem::exists(folder / kPiecesFile, ignored)) {
    return Error{ErrorCode::NotFound, "“" + (folder / kPiecesFile).string() + "” does not exist."};
  }
  const Result<TensorFolder> weights = TensorFolder::open(folder);
  if (!weights && weights.error().code == ErrorCode::NotFound) return weights.error();
  return {};
}

Result<std::unique_ptr<T5PromptEncoder>> T5PromptEncoder::open(TorchRuntime& runtime,
                                                               const std::filesystem::path& folder,
                                                               const T5Options& options) {
  Result<SentencePiece> pieces = SentencePiece::load(folder / kPiecesFile);
  if (!pieces) return pieces.error().withContext("T5's pieces cannot be read");
  Result<std::unique_ptr<T5Encoder>> network = T5Encoder::open(runtime, folder, options);
  if (!network) return network.error();
  // the published table has a few rows that no piece uses
  if (!pieces->endId() || pieces->size() > (*network)->sizes().vocabulary) {
    return Error{ErrorCode::BadInput,
                 "T5's spiece.model and its weights in “" + folder.string() + "” do not belong together."};
  }
  return std::unique_ptr<T5PromptEncoder>(new T5PromptEncoder(std::move(*pieces), std::move(*network)));
}

Result<std::vector<T5Prompt>> T5PromptEncoder::encode(std::span<const std::string> prompts, std::stop_token stop) {
  std::vector<std::vector<int>> texts;
  std::vector<std::size_t> textOf;  // the prompt of each text
  std::vector<T5Prompt> results(prompts.size());
  const auto width = static_cast<std::size_t>(network_->sizes().width);
  for (std::size_t i = 0; i < prompts.size(); ++i) {
    results[i].values.assign(kT5PromptRows * width, 0.0f);
    std::vector<int> ids = t5Ids(pieces_, prompts[i]);
    if (ids.empty()) continue;
    results[i].pieces = static_cast<int>(ids.size());
    texts.push_back(std::move(ids));
    textOf.push_back(i);
  }
  const Result<std::vector<std::vector<float>>> states = network_->encode(texts, stop);
  if (!states) return states.error();
  for (std::size_t t = 0; t < texts.size(); ++t)
    std::copy((*states)[t].begin(), (*states)[t].end(), results[textOf[t]].values.begin());
  return results;
}

}  // namespace kinescore
