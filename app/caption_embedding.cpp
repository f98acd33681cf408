#include "app/caption_embedding.h"

#include <algorithm>
#include <optional>

#include "app/terminal.h"
#include "engine/text/text_encoder.h"
#include "engine/torch_runtime/torch_runtime.h"

namespace kinescore {
namespace {

std::size_t captionsOf(const Library& library) {
  std::size_t captions = 0;
  for (const LibraryClip& clip : library.clips) captions += clip.split == Split::Train ? clip.captions.size() : 0;
  return captions;
}

class TextModelEncoder final : public CaptionEncoder {
 public:
  TextModelEncoder(std::unique_ptr<TorchRuntime> runtime, std::unique_ptr<TextEncoder> encoder)
      : runtime_(std::move(runtime)), encoder_(std::move(encoder)) {}
  Result<std::vector<float>> encode(std::string_view sentence) override {
    auto embedding = encoder_->encode(sentence);
    if (!embedding) return embedding.error();
    return (*embedding)->sentence;
  }

 private:
  std::unique_ptr<TorchRuntime> runtime_;
  std::unique_ptr<TextEncoder> encoder_;
};

}  // namespace

Result<std::unique_ptr<CaptionEncoder>> CaptionEncoder::open() {
  Result<std::unique_ptr<TorchRuntime>> runtime = TorchRuntime::open({});
  if (!runtime) return runtime.error();
  const Result<std::filesystem::path> folder = findTextModelFolder();
  if (!folder) return folder.error();
  Result<std::unique_ptr<TextEncoder>> encoder = TextEncoder::open(**runtime, *folder);
  if (!encoder) return encoder.error();
  return std::unique_ptr<CaptionEncoder>(std::make_unique<TextModelEncoder>(std::move(*runtime), std::move(*encoder)));
}

Result<CaptionIndex> indexWithTextModel(const Library& library, const std::filesystem::path& tower,
                                        const std::function<void(double)>& progress, std::stop_token stop) {
  std::optional<RetrievalTower> opened;
  if (!tower.empty()) {
    Result<RetrievalTower> loaded = RetrievalTower::load(tower);
    if (!loaded) return loaded.error();
    opened = std::move(*loaded);
  }
  Result<std::unique_ptr<CaptionEncoder>> encoder = CaptionEncoder::open();
  if (!encoder) return encoder.error();
  const double sentences = 3.0 * double(captionsOf(library));
  double done = 0;
  const SentenceVector vectorOf = [&](std::string_view sentence) -> Result<std::vector<float>> {
    if (stop.stop_requested()) return Error{ErrorCode::Cancelled, "Indexing was cancelled; nothing was written."};
    if (progress) progress(std::min(++done / sentences, 1.0));
    return (*encoder)->encode(sentence);
  };
  return indexCaptions(library, vectorOf, opened ? &*opened : nullptr);
}

Result<CaptionIndex> indexWithTextModel(const Library& library, const std::filesystem::path& tower, std::stop_token stop) {
  LiveLine live;
  auto index = indexWithTextModel(library, tower, [&](double fraction) { live.show("Reading captions", fraction); }, stop);
  live.finish();
  return index;
}

}  // namespace kinescore
