#include "engine/library/prompt_coach.h"

#include <algorithm>
#include <cstdio>

#include "engine/library/prompt_words.h"
#include "engine/library/reference_search.h"

namespace kinescore {
namespace {

constexpr std::size_t kMostSuggestions = 3;
constexpr double kLeastCovered = 0.3;       // of a prompt by the nearest caption
constexpr double kLeastCosine = 0.42;        // of the nearest caption's meaning
constexpr double kLeastSecondsAnAction = 0.5;
constexpr double kLongForAShortAction = 6;

using Words = std::vector<PromptWord>;

std::string inQuotes(std::string_view words) { return "“" + std::string(words) + "”"; }

std::string trimmed(std::string_view text, std::string_view what = " \t\r\n,;.") {
  const std::size_t first = text.find_first_not_of(what);
  return first == std::string_view::npos ? std::string() : std::string(text.substr(first, text.find_last_not_of(what) - first + 1));
}

bool isOneOf(std::string_view word, std::initializer_list<const char*> list) {
  return std::any_of(list.begin(), list.end(), [&](const char* one) { return word == one; });
}
template <class Test>
bool anyStem(const Words& words, const Test& test) {
  return std::any_of(words.begin(), words.end(), [&](const PromptWord& w) { return test(w.stem); });
}
bool hasWord(const Words& words, std::initializer_list<const char*> list) {
  return std::any_of(words.begin(), words.end(), [&](const PromptWord& w) { return isOneOf(w.text, list); });
}

/// The sentence with other bytes from `begin` to `end`.
std::string replaced(std::string_view sentence, std::size_t begin, std::size_t end, std::string_view by) {
  return std::string(sentence.substr(0, begin)) + std::string(by) + std::string(sentence.substr(end));
}

PromptSuggestion reworded(std::string prompt) { return {prompt, prompt, {}, std::nullopt}; }

bool isArmWord(std::string_view stem) { return isOneOf(stem, {"arm", "hand", "elbow", "fist", "wrist", "palm", "finger"}); }
bool isLegWord(std::string_view stem) { return isOneOf(stem, {"leg", "foot", "kne", "heel", "toe", "thigh", "shin", "ankl"}); }

const char* partWords(BodyPart part) {
  switch (part) {
    case BodyPart::LeftArm: return "left arm";
    case BodyPart::RightArm: return "right arm";
    case BodyPart::Head: return "head";
    case BodyPart::Spine: return "spine";
    case BodyPart::Legs: return "legs";
    default: return "whole body";
  }
}

/// What is looked at, once.
struct Prompt {
  std::string_view text;
  Words words;
  BodyPart part;
  const PromptContext& context;
  int actions = 0;
};

// ---- the part of the body ---------------------------------------------------------------------

std::string otherSide(const Prompt& p) {
  std::string text(p.text);
  for (auto word = p.words.rbegin(); word != p.words.rend(); ++word) {
    if (word->text == "left") text = replaced(text, word->begin, word->end, "right");
    if (word->text == "right") text = replaced(text, word->begin, word->end, "left");
  }
  return text;
}

/// The words are for the other arm, or for something that the part cannot do.
std::optional<PromptHint> otherPart(const Prompt& p) {
  if (p.part == BodyPart::Whole) return std::nullopt;
  PromptHint hint{PromptHintKind::OtherPart, {}, {}};
  const NamedSides sides = namedSides(p.text);
  const bool isArm = p.part == BodyPart::LeftArm || p.part == BodyPart::RightArm;
  const bool isLeft = p.part == BodyPart::LeftArm;
  const bool namesArm = anyStem(p.words, isArmWord);
  if (isArm && namesArm && sides.left != sides.right && sides.left != isLeft) {
    const BodyPart other = isLeft ? BodyPart::RightArm : BodyPart::LeftArm;
    hint.sentence = "The words say " + std::string(isLeft ? "right" : "left") + ", the clip is for the " + partWords(p.part) + ".";
    hint.suggestions = {{std::string("For the ") + partWords(other), std::string(p.text), {}, other}, reworded(otherSide(p))};
    return hint;
  }
  const bool isWay = p.part != BodyPart::Legs && p.actions == 1 && anyStem(p.words, isLocomotion);
  const bool isLegsForArm = (isArm || p.part == BodyPart::Head) && !namesArm && anyStem(p.words, isLegWord);
  const bool isArmForLegs = p.part == BodyPart::Legs && namesArm && !anyStem(p.words, isLegWord) && p.actions == 1;
  if (!isWay && !isLegsForArm && !isArmForLegs) return std::nullopt;
  hint.sentence = "These words are about the " + std::string(isArmForLegs ? "arms" : "legs") + ", the clip is for the " + partWords(p.part) + ".";
  hint.suggestions.push_back({"For the whole body", std::string(p.text), {}, BodyPart::Whole});
  if (!isArmForLegs) hint.suggestions.push_back({"For the legs", std::string(p.text), {}, BodyPart::Legs});
  return hint;
}

// ---- several actions --------------------------------------------------------------------------

struct Cut {
  std::string first, second;
};

/// Where one action ends and the next begins: “then”, “after that”, a full stop or a semicolon.
std::optional<Cut> cutOf(const Prompt& p) {
  const auto isActive = [](std::string_view text) {
    const Words words = promptWords(text);
    return anyStem(words, isAction) || anyStem(words, isVagueVerb);
  };
  const auto cutAt = [&](std::size_t end, std::size_t begin) -> std::optional<Cut> {
    Cut cut{trimmed(p.text.substr(0, end)), trimmed(p.text.substr(begin))};
    if (!isActive(cut.first) || !isActive(cut.second)) return std::nullopt;
    return cut;
  };
  for (std::size_t i = 0; i < p.text.size(); ++i) {
    const bool isEnd = p.text[i] == ';' || (p.text[i] == '.' && i + 1 < p.text.size() && p.text[i + 1] == ' ');
    if (isEnd) {
      if (auto cut = cutAt(i, i + 1)) return cut;
    }
  }
  for (std::size_t i = 1; i + 1 < p.words.size(); ++i) {
    const bool isThen = isOneOf(p.words[i].text, {"then", "afterwards"});
    const bool isAfterThat = p.words[i].text == "after" && p.words[i + 1].text == "that";
    if (!isThen && !isAfterThat) continue;
    const std::size_t begin = p.words[i + (isAfterThat ? 1 : 0)].end;
    const bool hasAnd = p.words[i - 1].text == "and";
    if (hasAnd && i == 1) continue;
    if (auto cut = cutAt(hasAnd ? p.words[i - 1].begin : p.words[i].begin, begin)) return cut;
  }
  return std::nullopt;
}

/// Parts between “then”, “and” and commas in which something is done.
int countClauses(const Prompt& p) {
  int clauses = 0;
  bool isCounted = false;
  std::size_t last = 0;
  for (const PromptWord& word : p.words) {
    const bool hasMark = p.text.substr(last, word.begin - last).find_first_of(",;.") != std::string_view::npos;
    if (hasMark || word.text == "and" || word.text == "then") isCounted = false;
    if (!isCounted && isAction(word.stem) && !isArmWord(word.stem)) {
      ++clauses;
      isCounted = true;
    }
    last = word.end;
  }
  return clauses;
}

std::optional<PromptHint> tooManyActions(const Prompt& p) {
  const int clauses = countClauses(p);
  const double seconds = p.context.seconds;
  if (clauses < 2 || seconds <= 0 || seconds >= kLeastSecondsAnAction * clauses) return std::nullopt;
  char length[32];
  std::snprintf(length, sizeof length, "%.1f s", seconds);
  PromptHint hint{PromptHintKind::TooManyActions, std::to_string(clauses) + " actions in " + length + " are a blur; make the clip longer or say less.", {}};
  if (const auto cut = cutOf(p)) hint.suggestions.push_back(reworded(cut->first));
  return hint;
}

std::optional<PromptHint> severalActions(const Prompt& p) {
  const auto cut = cutOf(p);
  if (!cut) return std::nullopt;
  return PromptHint{PromptHintKind::SeveralActions, "One action after another is kept best by a prompt each.",
                    {{"Split in two", cut->first, cut->second, std::nullopt}}};
}

// ---- vague ------------------------------------------------------------------------------------

/// Verbs for what else is said, most fitting first.
std::vector<std::string> verbsFor(const Prompt& p) {
  if (hasWord(p.words, {"ladder", "stairs", "steps", "wall", "rope", "tree"})) return {"climb"};
  if (anyStem(p.words, isArmWord)) return {"raise", "swing", "stretch", "wave"};
  if (anyStem(p.words, isLegWord)) return {"lift", "kick", "step"};
  if (hasWord(p.words, {"head", "neck", "face"})) return {"turn", "tilt", "nod"};
  switch (p.part) {
    case BodyPart::LeftArm:
    case BodyPart::RightArm: return {"wave", "reach", "point"};
    case BodyPart::Head: return {"nod", "look"};
    case BodyPart::Spine: return {"bend", "lean", "twist"};
    default: break;
  }
  if (hasWord(p.words, {"forward", "forwards", "ahead", "backward", "backwards", "away", "slowly", "quickly", "fast", "left", "right", "sideways",
                        "around", "back", "across", "over", "to", "towards"})) {
    return {"walk", "run", "jump", "crawl"};
  }
  return {"walk", "dance", "jump", "wave"};
}

std::optional<PromptHint> vague(const Prompt& p) {
  if (p.actions > 0) return std::nullopt;
  const auto verb = std::find_if(p.words.begin(), p.words.end(), [](const PromptWord& w) { return isVagueVerb(w.stem); });
  const auto noun = std::find_if(p.words.begin(), p.words.end(), [](const PromptWord& w) { return isVagueNoun(w.stem); });
  if (verb == p.words.end() && noun == p.words.end()) return std::nullopt;
  const PromptWord& said = verb != p.words.end() ? *verb : *noun;
  PromptHint hint{PromptHintKind::Vague, inQuotes(said.text) + " can be anything; say what is done.", {}};
  // The verb alone, or with what it does: “does something”, “performs a motion”.
  const bool hasBoth = verb != p.words.end() && noun != p.words.end() && verb < noun && noun - verb <= 3;
  const std::size_t end = hasBoth ? noun->end : said.end;
  for (const std::string& one : verbsFor(p)) {
    const bool isKnown = p.context.captions == nullptr || p.context.captions->countOf(stemOf(one)) > 0;
    if (isKnown && hint.suggestions.size() < kMostSuggestions) {
      hint.suggestions.push_back(reworded(replaced(p.text, said.begin, end, inflectedLike(one, said.text))));
    }
  }
  return hint;
}

// ---- sides and directions ---------------------------------------------------------------------

std::optional<PromptHint> missingSide(const Prompt& p) {
  const NamedSides sides = namedSides(p.text);
  if (sides.any() || hasWord(p.words, {"both", "each", "other", "either", "alternate", "alternately", "alternating", "opposite", "two", "lead", "leading",
                                       "front", "back", "rear", "same", "supporting", "standing", "free", "every", "another"})) {
    return std::nullopt;
  }
  const bool isArmPart = p.part == BodyPart::LeftArm || p.part == BodyPart::RightArm;
  for (std::size_t i = 1; i < p.words.size(); ++i) {
    const PromptWord& limb = p.words[i];
    if (!isOneOf(limb.text, {"arm", "hand", "leg", "foot", "knee", "elbow", "shoulder", "fist"})) continue;
    const PromptWord& before = p.words[i - 1];
    if (!isOneOf(before.text, {"a", "an", "one", "the", "his", "her", "its", "their"}) && !isAction(before.stem)) continue;
    // What is said of the thing held, the number of times, or of standing on one of two says enough.
    const bool isOnOne = before.text == "one" && i >= 2 && isOneOf(p.words[i - 2].text, {"on", "onto", "with"});
    const bool isInPlace = i >= 2 && isOneOf(p.words[i - 2].text, {"by", "in", "at", "from", "to"});
    if (isOnOne || isInPlace || (isArmPart && isArmWord(limb.stem))) continue;
    PromptHint hint{PromptHintKind::MissingSide, "Which " + limb.text + "? Without a side the engine chooses.", {}};
    const bool isOwned = isOneOf(before.text, {"his", "her", "its", "their"});
    for (const char* side : {"left", "right"}) {
      const std::string named = isOwned ? before.text + " " + side : isAction(before.stem) ? before.text + " the " + side : std::string("the ") + side;
      hint.suggestions.push_back(reworded(replaced(p.text, before.begin, before.end, named)));
    }
    return hint;
  }
  return std::nullopt;
}

std::optional<PromptHint> missingDirection(const Prompt& p) {
  const auto turn = std::find_if(p.words.begin(), p.words.end(), [](const PromptWord& w) { return isTurn(w.stem); });
  if (turn == p.words.end() || namedSides(p.text).any()) return std::nullopt;
  if (hasWord(p.words, {"around", "round", "back", "clockwise", "counterclockwise", "anticlockwise", "about", "half", "quarter", "full", "degrees", "toward",
                        "towards", "over", "away", "inward", "outward", "outwards", "inwards", "whole", "circle", "circles", "both", "corner", "twice",
                        "double", "once", "sides", "side", "into", "of", "on", "under", "head", "to", "in"})) {
    return std::nullopt;
  }
  // A noun (“after a turn”, “with spins”) is not what the prompt is about.
  if (turn != p.words.begin() && isOneOf((turn - 1)->text, {"a", "the", "with", "after", "quick", "slow", "fast", "small", "big", "tight", "each"})) return std::nullopt;
  PromptHint hint{PromptHintKind::MissingDirection, inQuotes(turn->text) + ": which way, and how far?", {}};
  for (const char* way : {" to the left", " to the right", " around"}) {
    hint.suggestions.push_back(reworded(replaced(p.text, turn->end, turn->end, way)));
  }
  return hint;
}

// ---- the library ------------------------------------------------------------------------------

std::optional<PromptHint> nothingAlike(const Prompt& p) {
  if (p.context.captions == nullptr || p.context.captions->size() == 0) return std::nullopt;
  const CaptionBook::Likeness likeness = p.context.captions->likenessOf(p.text);
  PromptHint hint{PromptHintKind::NothingAlike, "Nothing in the library is described like this; the motion may be loose.", {}};
  if (p.context.nearestByMeaning) {
    const auto nearest = p.context.nearestByMeaning(p.text);
    if (nearest.empty() || nearest.front().cosine >= kLeastCosine) return std::nullopt;
    for (const auto& one : nearest) {
      if (hint.suggestions.size() < kMostSuggestions) hint.suggestions.push_back(reworded(one.caption));
    }
    return hint;
  }
  if (likeness.covered >= kLeastCovered) return std::nullopt;
  if (likeness.unknown.size() == 1) hint.sentence = "Nothing in the library is described with " + inQuotes(likeness.unknown.front()) + "; the motion may be loose.";
  for (const std::string& caption : likeness.nearest) hint.suggestions.push_back(reworded(caption));
  return hint;
}

// ---- time -------------------------------------------------------------------------------------

std::optional<PromptHint> tooLong(const Prompt& p) {
  if (p.context.seconds < kLongForAShortAction || p.actions != 1 || countClauses(p) != 1) return std::nullopt;
  if (hasWord(p.words, {"times", "repeatedly", "twice", "again", "keep", "keeps", "several", "many", "rope", "over", "down", "still", "jacks", "around", "up",
                        "two", "three", "four", "five", "six", "series", "row", "continuously"})) {
    // “sits down” and “jumps up” are one short thing all the same.
    if (!hasWord(p.words, {"down", "up"}) || hasWord(p.words, {"times", "repeatedly", "twice", "again", "several", "still", "and"})) return std::nullopt;
  }
  const auto action = std::find_if(p.words.begin(), p.words.end(), [](const PromptWord& w) { return isShortAction(w.stem); });
  if (action == p.words.end() || action->text.ends_with("ing")) return std::nullopt;
  char length[32];
  std::snprintf(length, sizeof length, "%.0f s", p.context.seconds);
  PromptHint hint{PromptHintKind::TooLong, inQuotes(action->text) + " is over soon and the clip lasts " + length + "; say what follows.", {}};
  hint.suggestions.push_back({"Then stand still", trimmed(p.text), inflectedLike("stand", action->text) + " still", std::nullopt});
  if (!isOneOf(action->stem, {"sit", "kneel", "fall"})) hint.suggestions.push_back(reworded(trimmed(p.text) + " several times"));
  return hint;
}

/// Only of bare words: “walks”. What else is said is enough.
std::optional<PromptHint> pace(const Prompt& p) {
  Words said;
  for (const PromptWord& word : p.words) {
    if (!isStopWord(word.text)) said.push_back(word);
  }
  if (said.size() != 1 || p.part != BodyPart::Whole || !isOneOf(said.front().stem, {"walk", "run", "jog"})) return std::nullopt;
  PromptHint hint{PromptHintKind::Pace, "How, and which way?", {}};
  const std::string text = trimmed(p.text);
  hint.suggestions = {reworded(text + " forward slowly"), reworded(text + " forward at an easy pace"), reworded(text + " forward fast")};
  return hint;
}

}  // namespace

const char* nameOf(PromptHintKind kind) {
  switch (kind) {
    case PromptHintKind::OtherPart: return "other part";
    case PromptHintKind::SeveralActions: return "several actions";
    case PromptHintKind::TooManyActions: return "too many actions";
    case PromptHintKind::Vague: return "vague";
    case PromptHintKind::MissingSide: return "missing side";
    case PromptHintKind::MissingDirection: return "missing direction";
    case PromptHintKind::NothingAlike: return "nothing alike";
    case PromptHintKind::TooLong: return "too long";
    case PromptHintKind::Pace: return "pace";
  }
  return "";
}

std::vector<PromptHint> coachPrompt(std::string_view words, BodyPart part, const PromptContext& context) {
  Prompt prompt{words, promptWords(words), part, context};
  for (const PromptWord& word : prompt.words) prompt.actions += isAction(word.stem) && !isArmWord(word.stem) ? 1 : 0;
  std::vector<PromptHint> hints;
  if (prompt.words.empty()) return hints;
  for (const auto& look : {otherPart, tooManyActions, severalActions, vague, missingSide, missingDirection, nothingAlike, tooLong, pace}) {
    if (auto hint = look(prompt)) hints.push_back(std::move(*hint));
  }
  // What can be anything is not looked up, nor what is to be split: each half will be. What is to be said shorter is not split.
  const auto has = [&](PromptHintKind kind) { return std::any_of(hints.begin(), hints.end(), [&](const PromptHint& h) { return h.kind == kind; }); };
  const bool isTooMuch = has(PromptHintKind::TooManyActions);
  const bool isNotLookedUp = has(PromptHintKind::Vague) || has(PromptHintKind::SeveralActions) || isTooMuch;
  std::erase_if(hints, [&](const PromptHint& h) {
    return (isNotLookedUp && h.kind == PromptHintKind::NothingAlike) || (isTooMuch && h.kind == PromptHintKind::SeveralActions);
  });
  return hints;
}

}  // namespace kinescore
