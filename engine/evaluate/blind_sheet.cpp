#include "engine/evaluate/blind_sheet.h"

#include <cctype>
#include <charconv>
#include <cstdio>
#include <map>
#include <sstream>

#include "engine/core/random.h"
#include "engine/core/files.h"
#include "engine/storage/json.h"
#include "engine/train/contact_sheet.h"

namespace kinescore {
namespace {

constexpr std::uint64_t kOrderStream = 0x626c696e64;
constexpr int kMoments = 10;

bool capturedIsFirst(std::uint64_t seed, std::size_t pair) { return CounterRandom(seed, pair, kOrderStream).uniform() < 0.5; }

struct Verdict {
  std::string better, captured;
};

std::string lowerWithoutSpaces(std::string text) {
  std::erase_if(text, [](unsigned char c) { return std::isspace(c) != 0; });
  for (char& c : text) c = char(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

Error badLine(int line, const std::string& text) {
  return {ErrorCode::BadInput, "Line " + std::to_string(line) + " of the judgement, “" + text +
                                   "”, is not understood; write for example 3,a,b: pair 3, a is better, b is the capture."};
}

Result<std::map<int, Verdict>> readJudgement(std::string_view text) {
  std::map<int, Verdict> verdicts;
  std::istringstream lines{std::string(text)};
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    std::istringstream cells(lowerWithoutSpaces(line));
    std::string pair;
    Verdict verdict;
    std::getline(cells, pair, ',');
    std::getline(cells, verdict.better, ',');
    std::getline(cells, verdict.captured);
    if (pair.empty() || pair == "pair") continue;
    int which = 0;
    const auto parsed = std::from_chars(pair.data(), pair.data() + pair.size(), which);
    const bool isBetterKnown = verdict.better == "a" || verdict.better == "b" || verdict.better == "same";
    const bool isGuessKnown = verdict.captured == "a" || verdict.captured == "b";
    if (parsed.ec != std::errc() || parsed.ptr != pair.data() + pair.size() || !isBetterKnown || !isGuessKnown) return badLine(number, line);
    verdicts[which] = verdict;
  }
  return verdicts;
}

}  // namespace

Status writeBlindSheet(const std::vector<SheetRow>& rows, std::uint64_t seed, const std::filesystem::path& folder,
                       const std::filesystem::path& answers) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed) {
    return Error{ErrorCode::IoFailed, "The folder “" + folder.string() + "” could not be made: " + failed.message() + "."};
  }
  std::string prompts = "# What either motion of a pair was asked for\n\nA is the upper row, B the lower one.\n\n| pair | words |\n|---|---|\n";
  std::string judgement = "pair,better (a; b; same),capture (a; b)\n";
  nlohmann::json key = nlohmann::json::array();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const bool first = capturedIsFirst(seed, i);
    const std::vector<Motion> motions = {first ? rows[i].real : rows[i].ours, first ? rows[i].ours : rows[i].real};
    char name[32];
    std::snprintf(name, sizeof name, "pair-%02zu.png", i + 1);
    if (Status saved = saveFileSafely(folder / name, pngFromPicture(contactSheet(motions, kMoments))); !saved) return saved;
    const std::string number = std::to_string(i + 1);
    prompts += "| " + number + " | " + rows[i].text + " |\n";
    judgement += number + ",,\n";
    key.push_back({{"captured", first ? "a" : "b"}, {"clip", rows[i].clip}, {"text", rows[i].text}});
  }
  if (Status saved = saveFileSafely(folder / "prompts.md", prompts); !saved) return saved;
  if (Status saved = saveFileSafely(folder / "judgement.csv", judgement); !saved) return saved;
  return saveFileSafely(answers, key.dump(1) + "\n");
}

Result<BlindTally> tallyBlindSheet(std::string_view answers, std::string_view judgement) {
  const auto key = parseJson(answers, "answers of the blind sheet");
  if (!key) return key.error();
  const auto verdicts = readJudgement(judgement);
  if (!verdicts) return verdicts.error();
  const Error unreadable{ErrorCode::BadInput, "The answers are not those of a blind sheet."};
  if (!key->is_array()) return unreadable;
  BlindTally tally;
  for (std::size_t i = 0; i < key->size(); ++i) {
    const nlohmann::json& pair = (*key)[i];
    if (!pair.is_object() || !pair.contains("captured") || !pair["captured"].is_string()) return unreadable;
    const auto captured = pair["captured"].get<std::string>();
    const auto verdict = verdicts->find(int(i) + 1);
    if (verdict == verdicts->end()) return Error{ErrorCode::BadInput, "Pair " + std::to_string(i + 1) + " was not judged."};
    ++tally.pairs;
    if (verdict->second.better == "same") ++tally.alike;
    else if (verdict->second.better == captured) ++tally.capturedBetter;
    else ++tally.performedBetter;
    if (verdict->second.captured == captured) ++tally.recognised;
  }
  return tally;
}

}  // namespace kinescore
