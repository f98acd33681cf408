#include "engine/library/caption_book.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "engine/library/prompt_words.h"

namespace kinescore {
namespace {

constexpr std::size_t kLongestOffered = 90;  // bytes; longer sentences are searched, not offered

int placeOf(const std::vector<std::string>& sorted, std::string_view word) {
  const auto found = std::lower_bound(sorted.begin(), sorted.end(), word);
  return found != sorted.end() && *found == word ? int(found - sorted.begin()) : -1;
}

std::string lowered(std::string_view words) {
  std::string text(words);
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c;
  return text;
}

std::string trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first == std::string_view::npos ? std::string() : std::string(text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1));
}

}  // namespace

CaptionBook CaptionBook::of(const Library& library) {
  std::vector<Line> lines;
  for (const LibraryClip& clip : library.clips) {
    if (clip.split != Split::Train) continue;
    for (const Caption& caption : clip.captions) {
      lines.push_back({caption.textA, true});
      lines.push_back({caption.textB, false});
      lines.push_back({caption.textC, false});
    }
  }
  return CaptionBook(lines);
}

CaptionBook::CaptionBook(const std::vector<Line>& lines) {
  std::map<std::string, std::size_t> places;
  for (const Line& line : lines) {
    std::string words = trimmed(line.words);
    if (words.empty()) continue;
    const auto [place, isNew] = places.emplace(lowered(words), phrases_.size());
    if (isNew) {
      Phrase phrase;
      phrase.words = std::move(words);
      phrase.lowered = place->first;
      phrases_.push_back(std::move(phrase));
    }
    Phrase& phrase = phrases_[place->second];
    phrase.isShort = phrase.isShort || line.isShort;
    ++phrase.count;
  }
  std::set<std::string> texts, stems;
  std::vector<std::vector<PromptWord>> words;
  for (const Phrase& phrase : phrases_) {
    words.push_back(promptWords(phrase.words));
    for (const PromptWord& word : words.back()) {
      texts.insert(word.text);
      stems.insert(word.stem);
    }
  }
  texts_.assign(texts.begin(), texts.end());
  stems_.assign(stems.begin(), stems.end());
  stemCounts_.assign(stems_.size(), 0);
  for (std::size_t i = 0; i < phrases_.size(); ++i) {
    for (const PromptWord& word : words[i]) {
      phrases_[i].tokens.push_back(placeOf(texts_, word.text));
      phrases_[i].stems.push_back(placeOf(stems_, word.stem));
    }
    const std::set<int> once(phrases_[i].stems.begin(), phrases_[i].stems.end());
    for (const int stem : once) ++stemCounts_[std::size_t(stem)];
  }
}

int CaptionBook::countOf(std::string_view stem) const {
  const int place = placeOf(stems_, stem);
  return place < 0 ? 0 : stemCounts_[std::size_t(place)];
}

std::vector<CaptionBook::Sought> CaptionBook::soughtFor(std::string_view typed) const {
  std::vector<Sought> sought;
  const std::vector<PromptWord> words = promptWords(typed);
  for (std::size_t i = 0; i < words.size(); ++i) {
    Sought one;
    // A word that something follows is whole; the last one may be its beginning.
    one.isWhole = i + 1 < words.size() || words[i].end < typed.size();
    one.stem = placeOf(stems_, words[i].stem);
    const auto first = std::lower_bound(texts_.begin(), texts_.end(), words[i].text);
    auto end = first;
    while (end != texts_.end() && end->compare(0, words[i].text.size(), words[i].text) == 0) ++end;
    one.first = int(first - texts_.begin());
    one.end = int(end - texts_.begin());
    sought.push_back(one);
  }
  return sought;
}

/// 0: no match; more is better.
int CaptionBook::rank(const Phrase& phrase, const std::vector<Sought>& sought, std::string_view typed) const {
  if (phrase.lowered.compare(0, typed.size(), typed) == 0) return 4;
  std::size_t after = 0;
  bool isInOrder = true, isFromStart = true;
  for (const Sought& one : sought) {
    const auto fits = [&](std::size_t i) {
      return (one.stem >= 0 && phrase.stems[i] == one.stem) || (!one.isWhole && phrase.tokens[i] >= one.first && phrase.tokens[i] < one.end);
    };
    std::size_t at = after;
    while (at < phrase.stems.size() && !fits(at)) ++at;
    if (at == phrase.stems.size()) {
      isInOrder = false;
      at = 0;
      while (at < phrase.stems.size() && !fits(at)) ++at;
      if (at == phrase.stems.size()) return 0;
    }
    isFromStart = isFromStart && at == after;
    after = at + 1;
  }
  return !isInOrder ? 1 : isFromStart ? 3 : 2;
}

std::vector<const CaptionBook::Phrase*> CaptionBook::matches(std::string_view typed, std::size_t most) const {
  const std::vector<Sought> sought = soughtFor(typed);
  const std::string start = lowered(typed);
  std::vector<std::pair<int, const Phrase*>> found;
  for (const Phrase& phrase : phrases_) {
    if (phrase.words.size() > kLongestOffered) continue;
    if (const int rating = rank(phrase, sought, start); rating > 0) found.emplace_back(rating, &phrase);
  }
  const auto isBetter = [](const auto& a, const auto& b) {
    if (a.first != b.first) return a.first > b.first;
    if (a.second->isShort != b.second->isShort) return a.second->isShort;
    if (a.second->count != b.second->count) return a.second->count > b.second->count;
    if (a.second->words.size() != b.second->words.size()) return a.second->words.size() < b.second->words.size();
    return a.second->words < b.second->words;
  };
  const std::size_t kept = std::min(most, found.size());
  std::partial_sort(found.begin(), found.begin() + std::ptrdiff_t(kept), found.end(), isBetter);
  std::vector<const Phrase*> best;
  for (std::size_t i = 0; i < kept; ++i) best.push_back(found[i].second);
  return best;
}

std::vector<std::string> CaptionBook::complete(std::string_view typed, std::size_t most) const {
  const std::size_t first = std::min(typed.find_first_not_of(" \t\r\n"), typed.size());
  typed.remove_prefix(first);
  const std::vector<PromptWord> words = promptWords(typed);
  std::vector<std::string> completed;
  // From all the words to the last alone, until some caption holds them; what stands before stays as it was typed. The last
  // word alone goes on from others only once it is long enough to mean something.
  constexpr std::size_t kLeastAlone = 3;
  for (std::size_t from = 0; from < std::max<std::size_t>(words.size(), 1) && completed.empty(); ++from) {
    if (from > 0 && from + 1 == words.size() && words.back().text.size() < kLeastAlone) break;
    const std::size_t cut = from == 0 ? 0 : words[from].begin;
    const std::string kept(typed.substr(0, cut));
    const std::string whole = lowered(trimmed(typed));
    for (const Phrase* phrase : matches(typed.substr(cut), most + 1)) {
      std::string line = kept + phrase->words;
      if (lowered(line) != whole && completed.size() < most) completed.push_back(std::move(line));
    }
    // Typed in full: there is nothing to complete.
    if (from == 0 && placeOf(texts_, whole) < 0 && std::any_of(phrases_.begin(), phrases_.end(), [&](const Phrase& p) { return p.lowered == whole; })) break;
  }
  return completed;
}

double CaptionBook::weightOf(int stem) const {
  const double phrases = double(phrases_.size()) + 1;
  return std::log(phrases / (stem < 0 ? 1.0 : double(stemCounts_[std::size_t(stem)]) + 1));
}

CaptionBook::Likeness CaptionBook::likenessOf(std::string_view sentence, std::size_t most) const {
  Likeness likeness;
  std::map<int, double> wanted;  // stems that captions hold
  double total = 0;
  std::set<std::string> seen;
  for (const PromptWord& word : promptWords(sentence)) {
    if (isStopWord(word.text) || !seen.insert(word.stem).second) continue;
    const int stem = placeOf(stems_, word.stem);
    const double weight = weightOf(stem);
    total += weight;
    if (stem < 0) likeness.unknown.push_back(word.text);
    else wanted[stem] = weight;
  }
  if (total <= 0) return likeness;
  std::vector<std::pair<double, const Phrase*>> found;
  for (const Phrase& phrase : phrases_) {
    double said = 0;
    for (const auto& [stem, weight] : wanted) {
      if (std::find(phrase.stems.begin(), phrase.stems.end(), stem) != phrase.stems.end()) said += weight;
    }
    if (said > 0) found.emplace_back(said / total, &phrase);
  }
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
    if (std::abs(a.first - b.first) > 1e-9) return a.first > b.first;
    if (a.second->isShort != b.second->isShort) return a.second->isShort;
    return a.second->words.size() < b.second->words.size();
  });
  likeness.covered = found.empty() ? 0 : found.front().first;
  for (const auto& [said, phrase] : found) {
    if (likeness.nearest.size() == most) break;
    if (phrase->isShort) likeness.nearest.push_back(phrase->words);
  }
  return likeness;
}

}  // namespace kinescore
