#include "engine/library/clip_search.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <optional>
#include <set>
#include <tuple>

namespace kinescore {
namespace {

// A caption whose meaning is nearer than this is about what was asked. Higher than what the engine wants of a reference
// (kLeastAlike): people scroll through everything that is found.
constexpr float kLeastMeant = 0.5f;
// At least so many of the words are written in it.
constexpr float kLeastWritten = 0.5f;
// What all words written as asked are worth against the meaning, a cosine.
constexpr float kWrittenWorth = 0.5f;
constexpr int kCaptionsBetweenStops = 64;

constexpr const char* kFillers[] = {"a", "an", "and", "at", "by", "for", "from", "in", "into", "is", "it", "of", "off", "on",
                                    "or", "over", "the", "then", "to", "up", "with"};

bool isFiller(const std::string& word) {
  return std::find(std::begin(kFillers), std::end(kFillers), word) != std::end(kFillers);
}

/// Lower-case runs of letters and digits; bytes of other alphabets count as letters.
std::vector<std::string> wordsOf(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    const auto byte = i < text.size() ? static_cast<unsigned char>(text[i]) : ' ';
    if (std::isalnum(byte) || byte >= 0x80) {
      word += byte < 0x80 ? char(std::tolower(byte)) : char(byte);
    } else if (!word.empty()) {
      words.push_back(std::move(word));
      word.clear();
    }
  }
  return words;
}

/// What is left of a word without its ending: "leaps", "leaping" and "leap" are one.
std::string stemOf(const std::string& word) {
  for (const std::string_view ending : {"ing", "ed", "es", "s"}) {
    if (word.size() >= ending.size() + 3 && word.ends_with(ending)) return word.substr(0, word.size() - ending.size());
  }
  return word;
}

std::vector<std::string> askedWords(const std::string& text) {
  const std::vector<std::string> all = wordsOf(text);
  std::vector<std::string> asked;
  for (const std::string& word : all) {
    if (!isFiller(word)) asked.push_back(stemOf(word));
  }
  if (asked.empty()) asked = all;
  return asked;
}

/// The share of `asked` that the words begin with.
float shareWritten(const std::vector<std::string>& asked, const std::vector<std::string>& words) {
  if (asked.empty()) return 0;
  const auto isWritten = [&](const std::string& wanted) {
    return std::any_of(words.begin(), words.end(), [&](const std::string& word) { return word.starts_with(wanted); });
  };
  return float(std::count_if(asked.begin(), asked.end(), isWritten)) / float(asked.size());
}

bool isOfAction(const std::string& action, const std::string& asked) {
  return action == asked || (action.size() > asked.size() && action.starts_with(asked) && action[asked.size()] == '_');
}


FrameRange whole(const LibraryClip& clip) { return {0, clip.motion.frameCount()}; }

std::string lastPartOf(const std::string& id) { return id.substr(id.rfind('/') + 1); }

std::string listOf(const std::vector<ShelfPart>& parts) {
  std::string names;
  for (const ShelfPart& part : parts) names += (names.empty() ? "" : ", ") + part.name();
  return names;
}

}  // namespace

std::string titleOf(const LibraryClip& clip, int caption) {
  std::string title;
  if (caption >= 0 && std::size_t(caption) < clip.captions.size()) {
    title = clip.captions[std::size_t(caption)].textA;
  } else if (clip.captions.size() == 1) {
    title = clip.captions.front().textA;
  } else {
    title = clip.description;
  }
  if (title.empty()) title = lastPartOf(clip.id);
  title.front() = char(std::toupper(static_cast<unsigned char>(title.front())));
  return title;
}

std::string actionTitle(const std::string& action) {
  std::string title = action;
  std::replace(title.begin(), title.end(), '_', ' ');
  if (!title.empty()) title.front() = char(std::toupper(static_cast<unsigned char>(title.front())));
  return title;
}

ClipSearch ClipSearch::over(const LibraryShelf& shelf, std::vector<std::string>& problems) {
  ClipSearch search;
  search.library_ = shelf.library();
  search.parts_ = shelf.parts();
  search.vectors_.resize(search.library_->clips.size());
  Result<ReferenceSearch> entries = shelf.search(problems);
  if (!entries) {
    problems.push_back(entries.error().message);
    return search;
  }
  search.entries_ = std::make_shared<const ReferenceSearch>(std::move(*entries));
  for (const ReferenceEntry& entry : search.entries_->entries()) {
    auto& ofClip = search.vectors_[std::size_t(entry.clip)];
    ofClip.resize(search.library_->clips[std::size_t(entry.clip)].captions.size());
    ofClip[std::size_t(entry.caption)] = entry.vector.data();
    search.width_ = int(entry.vector.size());
  }
  return search;
}

const ShelfPart& ClipSearch::partOf(int clip) const {
  const auto after = std::find_if(parts_.begin(), parts_.end(), [&](const ShelfPart& p) { return p.firstClip > clip; });
  return *std::prev(after);
}

/// What one query makes of one clip.
class ClipSearch::Judge {
 public:
  Judge(const ClipSearch& search, const ClipQuery& query, std::vector<float> meaning)
      : search_(search), asked_(askedWords(query.words)), meaning_(std::move(meaning)) {}

  [[nodiscard]] bool hasWords() const { return !asked_.empty(); }

  /// The clip's best moment among those of the class `action` (empty: any); nothing when none is meant.
  [[nodiscard]] std::optional<FoundClip> best(int number, const std::string& action) const {
    const LibraryClip& clip = search_.library_->clips[std::size_t(number)];
    const bool isWholeOfAction = action.empty() || isOfAction(clip.category, action);
    std::optional<FoundClip> found;
    if (!hasWords() && isWholeOfAction) return FoundClip{number, whole(clip), -1, 0};
    const std::vector<std::string> ofClip = wordsOf(clip.description + " " + clip.category + " " + clip.id);
    for (std::size_t c = 0; c < clip.captions.size(); ++c) {
      const Caption& caption = clip.captions[c];
      if (!isWholeOfAction && !isOfAction(caption.action, action)) continue;
      const std::optional<float> score = scoreOf(number, c, ofClip);
      if (score && (!found || *score > found->score)) found = {number, caption.frames, int(c), *score};
    }
    if (found || !hasWords() || !isWholeOfAction) return found;
    const float written = shareWritten(asked_, ofClip);
    if (written >= kLeastWritten) found = {number, whole(clip), -1, kWrittenWorth * written};
    return found;
  }

 private:
  [[nodiscard]] std::optional<float> scoreOf(int number, std::size_t c, std::vector<std::string> words) const {
    if (!hasWords()) return 0.0f;
    const Caption& caption = search_.library_->clips[std::size_t(number)].captions[c];
    const std::vector<std::string> said =
        wordsOf(caption.textA + " " + caption.textB + " " + caption.textC + " " + caption.action);
    // What the caption itself says counts before what is known of the whole clip.
    const float inCaption = shareWritten(asked_, said);
    words.insert(words.end(), said.begin(), said.end());
    const float written = 0.8f * inCaption + 0.2f * shareWritten(asked_, words);
    const float meant = meantBy(number, c);
    if (meant < kLeastMeant && written < kLeastWritten) return std::nullopt;
    const float own = search_.partOf(number).isOwn ? kOwnAdvantage : 0;
    return std::max(meant, 0.0f) + kWrittenWorth * written + own;
  }

  [[nodiscard]] float meantBy(int number, std::size_t c) const {
    const auto& ofClip = search_.vectors_[std::size_t(number)];
    if (meaning_.empty() || c >= ofClip.size() || ofClip[c] == nullptr) return 0;
    float sum = 0;
    for (std::size_t i = 0; i < meaning_.size(); ++i) sum += meaning_[i] * ofClip[c][i];
    return sum;
  }

  const ClipSearch& search_;
  std::vector<std::string> asked_;
  std::vector<float> meaning_;
};

Result<ClipAnswer> ClipSearch::find(const ClipQuery& query, const SentenceVector& vectorOf, std::stop_token stop) const {
  const auto isNamed = [&](const ShelfPart& part) { return part.name() == query.folder; };
  if (!query.folder.empty() && std::none_of(parts_.begin(), parts_.end(), isNamed)) {
    return Error{ErrorCode::NotFound, "There is no library “" + query.folder + "”; there are: " + listOf(parts_) + "."};
  }
  ClipAnswer answer;
  std::vector<float> meaning;
  if (vectorOf && entries_ && !wordsOf(query.words).empty()) {
    Result<std::vector<float>> vector = vectorOf(query.words);
    if (!vector) {
      answer.meaningProblem = vector.error().message;
    } else if (int(vector->size()) == width_) {
      meaning = std::move(*vector);
    }
  }
  const Judge judge(*this, query, std::move(meaning));
  std::map<std::string, int> counts;
  for (const ShelfPart& part : parts_) {
    const bool isAsked = (query.folder.empty() || isNamed(part)) && (!query.onlyOwn || part.isOwn);
    for (int number = part.firstClip; number < part.firstClip + part.clips; ++number) {
      if (number % kCaptionsBetweenStops == 0 && stop.stop_requested()) return Error{ErrorCode::Cancelled, "Searching was cancelled."};
      const LibraryClip& clip = library_->clips[std::size_t(number)];
      if (!isOffered(clip)) continue;
      ++answer.offered;
      if (!isAsked) continue;
      const std::optional<FoundClip> any = judge.best(number, "");
      if (!any) continue;
      std::set<std::string> actions;
      for (const Caption& caption : clip.captions) actions.insert(caption.action);
      if (judge.hasWords() && any->caption >= 0) actions = {clip.captions[std::size_t(any->caption)].action};
      for (const std::string& action : actions) counts[action] += action.empty() ? 0 : 1;
      const std::optional<FoundClip> found = query.action.empty() ? any : judge.best(number, query.action);
      if (found) answer.clips.push_back(*found);
    }
  }
  for (const auto& [action, clips] : counts) {
    if (clips > 0) answer.actions.push_back({action, clips});
  }
  std::stable_sort(answer.actions.begin(), answer.actions.end(),
                   [](const ActionCount& a, const ActionCount& b) { return a.clips > b.clips; });
  const auto titled = [&](const FoundClip& found) {
    const LibraryClip& clip = library_->clips[std::size_t(found.clip)];
    return std::tuple(clip.category, titleOf(clip, found.caption), clip.id);
  };
  std::sort(answer.clips.begin(), answer.clips.end(), [&](const FoundClip& a, const FoundClip& b) {
    return a.score != b.score ? a.score > b.score : titled(a) < titled(b);
  });
  return answer;
}

}  // namespace kinescore
