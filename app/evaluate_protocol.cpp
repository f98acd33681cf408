#include "app/evaluate_protocol.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>
#include <mutex>

#include "app/paths.h"
#include "app/terminal.h"
#include "engine/core/files.h"
#include "engine/core/log.h"
#include "engine/evaluate/blind_sheet.h"
#include "engine/evaluate/evaluation_report.h"
#include "engine/network/torch_denoiser.h"
#include "engine/text/text_encoder.h"
#include "engine/torch_runtime/torch_runtime.h"
#include "engine/train/sentence_store.h"

namespace kinescore {
namespace {

constexpr int kSheetRows = 12;

Status fillPaths(EvaluateProtocolOptions& o) {
  const auto resources = resourceFolder();
  if (!resources) {
    if (o.weights.empty() || o.library.empty() || o.manifest.empty() || o.evaluators.empty()) return resources.error();
    return {};
  }
  if (o.weights.empty()) o.weights = defaultWeightsFile(*resources);
  if (o.library.empty()) o.library = defaultLibraryFile(*resources);
  if (o.manifest.empty()) o.manifest = *resources / "eval" / "manifest.json";
  if (o.evaluators.empty()) o.evaluators = *resources / "weights";
  return {};
}

/// The text model, and what it made of captions in earlier runs. Sentences alone: nobody here reads tokens.
class Sentences {
 public:
  static Result<std::unique_ptr<Sentences>> open(TorchRuntime& runtime) {
    auto folder = findTextModelFolder();
    if (!folder) return folder.error();
    auto text = TextEncoder::open(runtime, *folder);
    if (!text) return text.error();
    return std::unique_ptr<Sentences>(new Sentences(std::move(*text)));
  }

  SentenceEncoder encoder() {
    return [this](std::string_view sentence) { return store_.encode(sentence); };
  }
  /// Full embeddings, for prompts; from any thread.
  PromptEncoder promptEncoder() {
    return [this](std::string_view prompt) -> Result<PromptTokens> {
      std::lock_guard lock(mutex_);
      auto embedding = text_->encode(prompt);
      if (!embedding) return embedding.error();
      return PromptTokens{(*embedding)->words, (*embedding)->tokens, (*embedding)->sentence};
    };
  }
  void save() {
    if (Status saved = store_.save(); !saved) log::warning(saved.error().message);
  }

 private:
  explicit Sentences(std::unique_ptr<TextEncoder> text)
      : text_(std::move(text)),
        store_(cacheFolder() / "caption-sentences.safetensors", [this](std::string_view sentence) -> Result<std::shared_ptr<const TextEmbedding>> {
          std::lock_guard lock(mutex_);
          auto embedding = text_->encode(sentence);
          if (!embedding) return embedding.error();
          auto alone = std::make_shared<TextEmbedding>();
          alone->sentence = (*embedding)->sentence;
          return std::shared_ptr<const TextEmbedding>(std::move(alone));
        }) {}

  std::unique_ptr<TextEncoder> text_;
  std::mutex mutex_;
  SentenceStore store_;
};

std::string leftText(double secondsLeft) { return secondsLeft < 0 ? "" : ", " + durationText(secondsLeft) + " left"; }

Status freeze(EvaluateProtocolOptions& o) {
  if (Status filled = fillPaths(o); !filled) return filled;
  const auto library = loadLibrary(o.library);
  if (!library) return library.error();
  const auto manifest = freezeManifest(*library);
  if (!manifest) return manifest.error();
  if (Status saved = saveFileSafely(o.output, writeManifest(*manifest)); !saved) return saved;
  std::printf("written: %s, hash %s\n", o.output.c_str(), manifest->hash.c_str());
  return {};
}

Status trainAll(EvaluateProtocolOptions& o) {
  if (Status filled = fillPaths(o); !filled) return filled;
  const auto library = loadLibrary(o.library);
  if (!library) return library.error();
  auto runtime = TorchRuntime::open({.wantCuda = false, .threads = 1});
  if (!runtime) return runtime.error();
  auto sentences = Sentences::open(**runtime);
  if (!sentences) return sentences.error();
  EvaluatorTrainOptions options;
  options.jobs = o.jobs;
  if (o.steps > 0) options.steps = o.steps;
  InterruptGuard interrupt;
  LiveLine live;
  live.show("Embedding the captions");
  const auto summary = trainEvaluators(
      *library, (*sentences)->encoder(), o.output, options,
      [&](const EvaluatorTrainStatus& s) {
        char text[160];
        std::snprintf(text, sizeof text, "Training %s, step %lld of %lld in all, loss %.3f", s.network.c_str(),
                      static_cast<long long>(s.step), static_cast<long long>(s.steps), s.loss);
        live.show(text + leftText(s.secondsLeft), double(s.step) / double(s.steps));
      },
      interrupt.token());
  live.finish();
  (*sentences)->save();
  if (!summary) return summary.error();
  for (const TrainedEvaluator& e : summary->networks) {
    std::printf("%s: %lld parameters, val accuracy %.3f, val R@3 %.3f\n", e.name.c_str(), static_cast<long long>(e.parameters), e.accuracy, e.rankedThird);
  }
  if (summary->stopped) return Error{ErrorCode::Cancelled, "Stopped; the evaluators above are done, and the same command goes on with the others."};
  return {};
}

Status compare(EvaluateProtocolOptions& o) {
  std::vector<EvaluationSummary> summaries;
  for (const auto& folder : o.compare) {
    auto records = loadEvaluation(folder);
    if (!records) return records.error();
    summaries.push_back(summaryOf(*records));
  }
  const auto differences = compareRuns(summaries[0], summaries[1]);
  if (!differences) return differences.error();
  if (Status written = writeComparison(summaries[0].header, summaries[1].header, *differences, o.output); !written) return written;
  std::printf("written: %s\n", (o.output / "comparison.md").c_str());
  return {};
}

/// A model, a split and all that is needed to judge the one by the other.
struct Examination {
  std::unique_ptr<TorchRuntime> runtime;
  EvaluationManifest manifest;
  std::optional<EvaluatorSet> evaluators;
  std::unique_ptr<Sentences> sentences;
  ModelUnderTest::ReferenceOpener references;
  std::shared_ptr<const RetrievalTower> tower;
  EvaluationQuestion question;
};

Result<std::unique_ptr<Examination>> openExamination(EvaluateProtocolOptions& o) {
  if (Status filled = fillPaths(o); !filled) return filled.error();
  auto e = std::make_unique<Examination>();
  EvaluationQuestion& question = e->question;
  question.split = o.split == "test" ? Split::Test : o.split == "unseen" ? Split::Unseen : Split::Val;
  if (question.split != Split::Val) {
    std::fprintf(stderr, "kinescore: %s is for the one final report; choose models, settings and weights on val.\n", o.split.c_str());
  }
  auto library = loadLibrary(o.library);
  if (!library) return library.error();
  question.library = std::make_shared<const Library>(std::move(*library));
  auto manifest = loadManifest(o.manifest);
  if (!manifest) return manifest.error();
  e->manifest = std::move(*manifest);
  question.manifest = &e->manifest;
  auto runtime = TorchRuntime::open({.wantCuda = o.device != "cpu", .mustHaveCuda = o.device == "cuda", .threads = 1});
  if (!runtime) return runtime.error();
  e->runtime = std::move(*runtime);
  // Set A chooses, so that set B has seen nothing when it is asked.
  question.evaluatorSet = o.evaluatorSet == "b" || (o.evaluatorSet.empty() && question.split != Split::Val) ? EvaluatorSetName::B : EvaluatorSetName::A;
  auto evaluators = loadEvaluators(o.evaluators, question.evaluatorSet);
  if (!evaluators) return evaluators.error();
  question.evaluators = &e->evaluators.emplace(std::move(*evaluators));
  auto sentences = Sentences::open(*e->runtime);
  if (!sentences) return sentences.error();
  e->sentences = std::move(*sentences);
  question.encodeSentence = e->sentences->encoder();
  auto references = referencesFrom(question.library, o.noRetrieval ? std::filesystem::path() : captionIndexOf(o.library),
                                   retrievalTowerOf(o.library));
  if (!references) return references.error();
  e->references = std::move(*references);
  if (const auto tower = retrievalTowerOf(o.library); !tower.empty()) {
    auto loaded = RetrievalTower::load(tower);
    if (!loaded) return loaded.error();
    e->tower = std::make_shared<const RetrievalTower>(std::move(*loaded));
  }
  question.quality = *qualityNamed(o.quality);
  question.limit = o.limit;
  question.guidance = o.guidance;
  question.beginnings = o.beginnings;
  question.textsOnly = o.textsOnly;
  question.jobs = o.jobs;
  question.openModel = [&e = *e, &o]() -> Result<std::unique_ptr<ModelUnderTest>> {
    auto denoiser = openKinescoreDenoiser(*e.runtime, o.weights);
    if (!denoiser) return denoiser.error();
    auto model = std::make_unique<ModelUnderTest>(std::move(*denoiser), e.sentences->promptEncoder(), e.references);
    if (o.guidance) model->setTextGuidance(*o.guidance);
    model->setTower(e.tower, o.beginnings);
    return model;
  };
  return e;
}

Result<std::vector<SheetRow>> drawSheet(const EvaluationQuestion& question, int rows, std::stop_token stop) {
  auto model = question.openModel();
  if (!model) return model.error();
  return performSheet(question, **model, rows, stop);
}

Status evaluateSplit(EvaluateProtocolOptions& o) {
  const auto examination = openExamination(o);
  if (!examination) return examination.error();
  const EvaluationQuestion& question = (*examination)->question;
  InterruptGuard interrupt;
  LiveLine live;
  live.show("Preparing the captions and the train clips");
  const auto records = runEvaluation(
      question, o.output,
      [&](const EvaluationProgress& p) {
        live.show("Evaluating, " + std::to_string(p.done) + " of " + std::to_string(p.all) + leftText(p.secondsLeft), double(p.done) / p.all);
      },
      interrupt.token());
  (*examination)->sentences->save();
  live.finish();
  if (!records) return records.error();
  live.show("Drawing the sheets and the intervals");
  const auto sheet = drawSheet(question, kSheetRows, interrupt.token());
  if (!sheet) return sheet.error();
  if (Status written = writeEvaluationReport(summaryOf(*records), *sheet, o.output); !written) return written;
  live.finish();
  std::printf("written: %s and report.html\n", (o.output / "report.md").c_str());
  return {};
}

Status tallyBlind(const EvaluateProtocolOptions& o) {
  const auto answers = readFile(o.answers, 1 << 20);
  if (!answers) return answers.error();
  const auto judgement = readFile(o.judgement, 1 << 20);
  if (!judgement) return judgement.error();
  const auto tally = tallyBlindSheet(*answers, *judgement);
  if (!tally) return tally.error();
  std::printf("%d pairs: performed better %d, captured better %d, alike %d; the capture was recognised %d times\n", tally->pairs,
              tally->performedBetter, tally->capturedBetter, tally->alike, tally->recognised);
  return {};
}

Status drawBlind(EvaluateProtocolOptions& o) {
  if (!o.judgement.empty()) return tallyBlind(o);
  if (o.output.empty()) return Error{ErrorCode::InvalidArgument, "Name a folder for the sheet with -o, or a filled-in one with --judgement."};
  o.noRetrieval = true;
  const auto examination = openExamination(o);
  if (!examination) return examination.error();
  InterruptGuard interrupt;
  LiveLine live;
  live.show("Performing " + std::to_string(o.pairs) + " captions");
  const auto rows = drawSheet((*examination)->question, o.pairs, interrupt.token());
  live.finish();
  if (!rows) return rows.error();
  if (Status written = writeBlindSheet(*rows, o.orderSeed, o.output, o.answers); !written) return written;
  std::printf("written: %s; what is what: %s\n", (o.output / "judgement.csv").c_str(), o.answers.c_str());
  return {};
}

int finished(const Status& done) {
  if (done) return 0;
  std::fprintf(stderr, "kinescore: %s\n", done.error().message.c_str());
  return exitCodeOf(done.error().code);
}

}  // namespace

void addEvaluateProtocol(CLI::App& command, EvaluateProtocolOptions& options, int& exitCode) {
  EvaluateProtocolOptions& o = options;
  command.add_option("-o,--output", o.output, "Folder of the evaluation: figures of every motion, report.md, report.html, sheets; the same command goes on with it");
  command.add_option("--split", o.split, "val (default), test or unseen; the last two are for one final report")->check(CLI::IsMember({"val", "test", "unseen"}));
  command.add_option("--limit", o.limit, "Only so many stretches, in-betweens, keys and paths, evenly spread")->check(CLI::PositiveNumber);
  command.add_option("--jobs", o.jobs, "Motions performed at the same time (default 2); never changes a figure")->check(CLI::Range(1, 64));
  command.add_option("--weights", o.weights, "The model (default: the one that ships)");
  command.add_option("--library", o.library, "Motion library (default: the one that ships)");
  command.add_option("--manifest", o.manifest, "What is measured (default: the frozen one that ships)");
  command.add_option("--evaluators", o.evaluators, "Folder of the evaluators (default: those that ship)");
  command.add_option("--evaluator-set", o.evaluatorSet, "a or b (default: a on val, b on test and unseen)")->check(CLI::IsMember({"a", "b"}));
  command.add_option("--quality", o.quality, "draft, good or best (default good)")->check(CLI::IsMember({"draft", "good", "best"}));
  command.add_option("--device", o.device, "auto, cpu or cuda")->check(CLI::IsMember({"auto", "cpu", "cuda"}));
  command.add_option("--guidance", o.guidance, "Scale of the guidance by text (default: the engine's, 3)")->check(CLI::Range(0.5, 10.0));
  command.add_option("--beginnings", o.beginnings, "Beginnings of a window, of which the retrieval tower chooses one (default: the engine's, 1 to 12 by quality)")->check(CLI::Range(1, 64));
  command.add_flag("--texts-only", o.textsOnly, "Leave out in-betweens, keys, paths, views and beats");
  command.add_flag("--no-retrieval", o.noRetrieval, "Leave out the column with references");
  command.add_option("--compare", o.compare, "Two folders of evaluations: how the second differs from the first")->expected(2);
  command.callback([&command, &o, &exitCode] {
    if (!command.get_subcommands().empty()) return;
    const bool isNamed = !o.output.empty();
    exitCode = finished(!isNamed            ? Error{ErrorCode::InvalidArgument, "Name the folder of the evaluation with -o."}
                        : o.compare.empty() ? evaluateSplit(o)
                                            : compare(o));
  });

  CLI::App* frozen = command.add_subcommand("freeze", "Choose what is measured from a library: clips, captions, seeds, keys, paths");
  frozen->add_option("-o,--output", o.output, "The manifest, JSON")->required();
  frozen->add_option("--library", o.library, "Motion library (default: the one that ships)");
  frozen->callback([&o, &exitCode] { exitCode = finished(freeze(o)); });

  CLI::App* blind = command.add_subcommand("blind", "Captured beside performed motion, the order hidden, for somebody else to judge; and the tally of a judgement");
  blind->add_option("-o,--output", o.output, "Folder for pair-01.png …, prompts.md and judgement.csv, which the judge fills in");
  blind->add_option("--answers", o.answers, "What is what, JSON; keep it from the judge")->required();
  blind->add_option("--judgement", o.judgement, "The filled-in judgement.csv: count it")->check(CLI::ExistingFile);
  blind->add_option("--pairs", o.pairs, "Captions, evenly spread over the split (default 20)")->check(CLI::Range(1, 200));
  blind->add_option("--order-seed", o.orderSeed, "Draws which is shown first (default 1)");
  blind->add_option("--split", o.split, "val (default), test or unseen")->check(CLI::IsMember({"val", "test", "unseen"}));
  blind->add_option("--weights", o.weights, "The model (default: the one that ships)");
  blind->add_option("--quality", o.quality, "draft, good or best (default good)")->check(CLI::IsMember({"draft", "good", "best"}));
  blind->callback([&o, &exitCode] { exitCode = finished(drawBlind(o)); });

  CLI::App* train = command.add_subcommand("train-evaluators", "Train the two sets of evaluators; starting again goes on");
  train->add_option("-o,--output", o.output, "Folder for evaluator-a1 … b3, .safetensors and .json")->required();
  train->add_option("--library", o.library, "Motion library (default: the one that ships)");
  train->add_option("--steps", o.steps, "Steps of each (default 1500)")->check(CLI::PositiveNumber);
  train->add_option("--jobs", o.jobs, "Evaluators that learn at the same time (default 2); never changes a bit")->check(CLI::Range(1, 6));
  train->callback([&o, &exitCode] { exitCode = finished(trainAll(o)); });
}

}  // namespace kinescore
