#include "engine/library/prompt_words.h"

#include <algorithm>
#include <initializer_list>
#include <map>
#include <set>

namespace kinescore {
namespace {

using WordSet = std::set<std::string, std::less<>>;

bool isWordByte(unsigned char c) { return c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }
/// Dashes, typographic quotes, the ellipsis: U+2000 … U+206F, three bytes.
bool isPunctuation(std::string_view rest) { return rest.size() >= 3 && rest[0] == '\xE2' && (rest[1] == '\x80' || rest[1] == '\x81'); }
bool isJoiner(char c) { return c == '-' || c == '\''; }
bool isVowel(char c) { return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u' || c == 'y'; }
bool endsWith(std::string_view word, std::string_view ending) {
  return word.size() > ending.size() && word.substr(word.size() - ending.size()) == ending;
}
bool hasVowel(std::string_view word) { return std::any_of(word.begin(), word.end(), isVowel); }

/// "hopp" → "hop", but "roll", "pass" and "buzz" stay.
std::string withoutDouble(std::string word) {
  const std::size_t n = word.size();
  if (n > 2 && word[n - 1] == word[n - 2] && !isVowel(word[n - 1]) && std::string_view("lsz").find(word[n - 1]) == std::string_view::npos) word.pop_back();
  return word;
}

WordSet stems(std::initializer_list<const char*> words) {
  WordSet set;
  for (const char* word : words) set.insert(stemOf(word));
  return set;
}

const std::map<std::string, std::string, std::less<>>& irregular() {
  static const std::map<std::string, std::string, std::less<>> forms = {
      {"ran", "run"}, {"sat", "sit"}, {"stood", "stand"}, {"threw", "throw"}, {"thrown", "throw"}, {"fell", "fall"},
      {"fallen", "fall"}, {"bent", "bend"}, {"swung", "swing"}, {"caught", "catch"}, {"held", "hold"}, {"went", "go"},
      {"gone", "go"}, {"did", "do"}, {"done", "do"}, {"made", "mak"}, {"spun", "spin"}, {"swam", "swim"},
      {"feet", "foot"}, {"lay", "li"}, {"lying", "li"}, {"lies", "li"}, {"lie", "li"}, {"leapt", "leap"}, {"knelt", "kneel"},
      {"crept", "creep"}, {"shook", "shak"}, {"rose", "ris"}, {"drew", "draw"}, {"knives", "knife"}, {"bowling", "bowl"}};
  return forms;
}

}  // namespace

std::vector<PromptWord> promptWords(std::string_view sentence) {
  std::vector<PromptWord> words;
  for (std::size_t i = 0; i < sentence.size();) {
    if (isPunctuation(sentence.substr(i)) || !isWordByte(static_cast<unsigned char>(sentence[i]))) {
      i += isPunctuation(sentence.substr(i)) ? 3 : 1;
      continue;
    }
    PromptWord word{.begin = i};
    while (i < sentence.size() && !isPunctuation(sentence.substr(i)) && (isWordByte(static_cast<unsigned char>(sentence[i])) ||
                                   (isJoiner(sentence[i]) && i + 1 < sentence.size() && isWordByte(static_cast<unsigned char>(sentence[i + 1]))))) {
      const char c = sentence[i++];
      word.text += c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c;
    }
    word.end = i;
    word.stem = stemOf(word.text);
    words.push_back(std::move(word));
  }
  return words;
}

std::string stemOf(std::string_view word) {
  if (const auto known = irregular().find(word); known != irregular().end()) return known->second;
  std::string stem(word);
  if (endsWith(stem, "'s")) stem.resize(stem.size() - 2);
  if (stem.size() >= 5 && (endsWith(stem, "ies") || endsWith(stem, "ied"))) {
    stem.resize(stem.size() - 3);
    return stem + "y";
  }
  if (stem.size() >= 6 && endsWith(stem, "ing") && hasVowel(std::string_view(stem).substr(0, stem.size() - 3))) {
    stem.resize(stem.size() - 3);
    return withoutDouble(std::move(stem));
  }
  if (stem.size() >= 5 && endsWith(stem, "ed") && !endsWith(stem, "eed")) {
    stem.resize(stem.size() - 2);
    return withoutDouble(std::move(stem));
  }
  if (stem.size() >= 4 && stem.back() == 's' && !endsWith(stem, "ss") && !endsWith(stem, "us") && !endsWith(stem, "is")) stem.pop_back();
  if (stem.size() >= 3 && stem.back() == 'e' && !endsWith(stem, "ee")) stem.pop_back();
  return stem;
}

bool isAction(std::string_view stem) {
  static const WordSet actions = stems(
      {"walk", "stroll", "stride", "march", "stagger", "limp", "tiptoe", "sneak", "creep", "crawl", "run", "jog", "sprint", "dash",
       "gallop", "skip", "hop", "jump", "leap", "bounce", "bound", "vault", "climb", "descend", "ascend", "swing", "hang", "sit",
       "stand", "kneel", "squat", "crouch", "duck", "lie", "roll", "tumble", "flip", "cartwheel", "somersault", "handstand",
       "handspring", "headstand", "turn", "spin", "pivot", "rotate", "twirl", "twist", "step", "shuffle", "slide", "skate", "dance",
       "waltz", "salsa", "pirouette", "plie", "kick", "punch", "jab", "box", "hook", "block", "dodge", "strike", "hit", "slap",
       "chop", "stab", "throw", "toss", "catch", "pass", "dribble", "shoot", "bowl", "bat", "putt", "reach", "grab", "pick", "lift",
       "lower", "raise", "carry", "push", "pull", "drag", "drop", "place", "put", "hold", "wave", "clap", "point", "beckon", "salute",
       "nod", "shake", "bow", "shrug", "scratch", "rub", "wipe", "wash", "brush", "sweep", "mop", "dig", "paint", "drink", "eat",
       "pour", "write", "type", "play", "drive", "row", "swim", "fly", "flap", "stretch", "bend", "lean", "sway", "rock", "balance",
       "stoop", "stumble", "trip", "fall", "slip", "rest", "pause", "wait", "stop", "freeze", "listen", "look", "gaze", "stare",
       "peek", "search", "talk", "argue", "laugh", "cry", "cheer", "pray", "hug", "kiss", "fight", "wrestle", "lunge", "exercise",
       "circle", "tap", "stomp", "stamp", "wiggle", "shimmy", "pose", "mime", "cover", "open", "close", "fold", "cross", "spread",
       "extend", "draw", "tuck", "curl", "straighten", "rise", "retreat", "advance", "rebound", "recover", "hide", "return",
       "gesture", "touch", "press", "squeeze", "knock", "hammer", "cook", "stir", "chew", "cough", "sneeze", "yawn", "breathe",
       "faint", "collapse", "celebrate", "signal", "direct", "juggle", "slash", "parry", "guard", "toprock", "travel", "strut",
       "wander", "pace", "land", "prance", "scurry", "hunch", "peck", "preen", "startle", "stalk", "pounce", "dip", "jack", "curtsy",
       "rear", "weave", "bob", "tilt", "drift", "glide", "trot", "hobble", "skulk", "swipe", "tiptoe", "get", "moonwalk"});
  return actions.count(stem) != 0;
}

bool isVagueVerb(std::string_view stem) {
  static const WordSet verbs = stems({"move", "go", "do", "perform", "act", "make", "behave", "execute", "animate"});
  return verbs.count(stem) != 0;
}

bool isVagueNoun(std::string_view stem) {
  static const WordSet nouns = stems({"something", "anything", "motion", "movement", "action", "stuff", "thing", "animation", "activity"});
  return nouns.count(stem) != 0;
}

bool isLocomotion(std::string_view stem) {
  static const WordSet verbs = stems({"walk", "stroll", "stride", "march", "limp", "tiptoe", "sneak", "creep", "crawl", "run", "jog",
                                      "sprint", "dash", "gallop", "skip", "stagger", "strut", "trot"});
  return verbs.count(stem) != 0;
}

bool isShortAction(std::string_view stem) {
  static const WordSet verbs = stems({"jump", "leap", "hop", "kick", "punch", "jab", "throw", "toss", "catch", "sit", "bow", "nod", "clap",
                                      "cartwheel", "flip", "somersault", "duck", "kneel", "salute", "shrug", "sneeze", "cough", "slap", "fall"});
  return verbs.count(stem) != 0;
}

bool isTurn(std::string_view stem) {
  static const WordSet verbs = stems({"turn", "spin", "pivot", "rotate", "twirl"});
  return verbs.count(stem) != 0;
}

bool isStopWord(std::string_view word) {
  static const WordSet words = {
      "a", "an", "the", "of", "and", "with", "to", "in", "on", "at", "his", "her", "its", "their", "then", "while", "as", "very", "is",
      "are", "by", "for", "from", "into", "it", "he", "she", "they", "that", "this", "who", "person", "man", "woman", "figure", "character",
      "someone", "somebody", "actor", "human", "guy", "girl", "boy", "so", "or", "but", "be", "being", "like", "just", "some", "one's"};
  return words.count(word) != 0;
}

std::string inflectedLike(std::string_view verb, std::string_view model) {
  std::string form(verb);
  if (endsWith(model, "ing")) {
    const std::size_t n = form.size();
    if (form.back() == 'e') {
      form.pop_back();
    } else if (n >= 3 && n <= 4 && !isVowel(form[n - 1]) && form[n - 1] != 'w' && isVowel(form[n - 2]) && !isVowel(form[n - 3])) {
      form += form.back();
    }
    return form + "ing";
  }
  if (model.size() > 3 && model.back() == 's') {
    const bool isHissing = endsWith(form, "ch") || endsWith(form, "sh") || endsWith(form, "ss") || endsWith(form, "x");
    return form + (isHissing ? "es" : "s");
  }
  return form;
}

}  // namespace kinescore
