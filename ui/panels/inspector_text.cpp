#include <QPlainTextEdit>

#include "engine/timeline/time_edit.h"
#include "ui/document/clip_library.h"
#include "ui/document/edit_commands.h"
#include "ui/panels/text_page.h"
#include "ui/theme/theme.h"
#include "ui/widgets/body_part_choice.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/prompt_completion.h"
#include "ui/widgets/prompt_hints.h"

namespace kinescore {
namespace {

constexpr int kHintPause = 350;  // milliseconds without a key
constexpr int kMostHints = 2;

}  // namespace

TextPage::TextPage(Session& session, PromptHelp* help, QWidget* parent)
    : ClipPage(session, tr("Text prompt"), parent), help_(help) {
  QVBoxLayout* section = addSection();
  prompt_ = new QPlainTextEdit(body());
  prompt_->setObjectName(QStringLiteral("prompt"));
  prompt_->setAccessibleName(tr("Prompt"));
  prompt_->setFixedHeight(58);
  prompt_->setFont(uiFont(13));
  prompt_->setStyleSheet(QStringLiteral("font-size: 13px;"));
  prompt_->setTabChangesFocus(true);
  prompt_->setPlaceholderText(tr("What the character does"));
  section->addWidget(prompt_);
  hints_ = new PromptHints(body());
  section->addWidget(hints_);
  pins_ = new QWidget(body());
  pins_->setObjectName(QStringLiteral("pinned clips"));
  auto* rows = new QVBoxLayout(pins_);
  rows->setContentsMargins(0, 4, 0, 0);
  rows->setSpacing(2);
  pins_->hide();
  section->addWidget(pins_);
  part_ = new BodyPartChoice(body());
  part_->setObjectName(QStringLiteral("body part"));
  part_->setToolTip(tr("The part of the body that these words are for. The rest follows the other prompts."));
  addSection()->addLayout(withLabel(tr("Body part"), static_cast<QWidget*>(part_), body()));
  addTimes();
  addStrength();
  auto* joins = new QHBoxLayout;
  joins->setSpacing(8);
  for (const auto& [field, words, name] : {std::tuple{&joinIn_, tr("Join in"), "join in"}, std::tuple{&joinOut_, tr("Join out"), "join out"}}) {
    *field = new FrameField(body());
    (*field)->setObjectName(QLatin1String(name));
    (*field)->setUnit(tr(" f"));
    joins->addLayout(withLabel(words, *field, body()));
  }
  addSection()->addLayout(joins);
  end_ = addSection();
  addStretch();
  // Over what stands under the words, so that nothing jumps while somebody types.
  completions_ = new PromptCompletion(help, *prompt_, body());

  pause_.setSingleShot(true);
  pause_.setInterval(kHintPause);
  connect(&pause_, &QTimer::timeout, this, &TextPage::refreshHints);
  connect(prompt_, &QPlainTextEdit::textChanged, this, &TextPage::typed);
  connect(completions_, &PromptCompletion::shownChanged, this, &TextPage::placeCompletions);
  connect(completions_, &PromptCompletion::taken, this, &TextPage::refreshHints);
  connect(part_, &BodyPartChoice::chosen, this, [this](int part) {
    change(tr("Body part"), [part](Clip& changed) { std::get<TextCondition>(changed.condition).part = BodyPart(part); });
  });
  connect(joinIn_, &FrameField::frameEdited, this, [this](qint64 frames) { changeJoin(true, at(std::max<qint64>(0, frames))); });
  connect(joinOut_, &FrameField::frameEdited, this, [this](qint64 frames) { changeJoin(false, at(std::max<qint64>(0, frames))); });
  connect(hints_, &PromptHints::chosen, this, [this](const PromptSuggestion& suggestion) {
    if (const auto now = clip()) {
      typing_ = kNoGesture;
      takeSuggestion(session_, now->id, suggestion);
    }
  });
  if (help != nullptr) {
    connect(help, &PromptHelp::ready, this, &TextPage::refreshHints);
  }
}

void TextPage::addAtEnd(QWidget* widget) { end_->addWidget(widget); }

void TextPage::setLibrary(const ClipLibrary* library) { library_ = library; }

void TextPage::refreshPins(const std::string& words) {
  std::vector<ReferencePin> pins;
  std::vector<std::pair<std::string, QString>> shown;
  for (const ReferencePin& pin : session_.wishes().pins) {
    if (!words.empty() && (pin.prompt.empty() || pin.prompt == words)) {
      const auto known = library_ != nullptr ? library_->clip(pin.clipId) : nullptr;
      pins.push_back(pin);
      shown.emplace_back(pin.clipId, known ? known->title : QString::fromStdString(pin.clipId));
    }
  }
  if (shown == pinsShown_) {
    return;
  }
  pinsShown_ = shown;
  auto* column = qobject_cast<QVBoxLayout*>(pins_->layout());
  while (QLayoutItem* item = column->takeAt(0)) {
    item->widget()->hide();
    item->widget()->deleteLater();  // perhaps the button of which was clicked
    delete item;
  }
  auto* heading = makeLabel(tr("Pinned clips, shown to the engine beside these words"), pins_);
  heading->setWordWrap(true);
  column->addWidget(heading);
  for (std::size_t i = 0; i < pins.size(); ++i) {
    const QString id = QString::fromStdString(pins[i].clipId);
    auto* box = new QWidget(pins_);
    auto* row = new QHBoxLayout(box);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    auto* mark = new QLabel(box);
    mark->setPixmap(iconPixmap(QStringLiteral("pin"), colorOf(tokens().kRef), 14, devicePixelRatioF()));
    auto* title = new ElidedLabel(shown[i].second, box);
    title->setProperty("kind", "value");
    title->setToolTip(id);
    auto* unpin = makeLink(tr("Unpin"), box);
    unpin->setObjectName(QStringLiteral("unpin ") + id);
    unpin->setAccessibleName(tr("Unpin %1").arg(shown[i].second));
    row->addWidget(mark);
    row->addWidget(title, 1);
    row->addWidget(unpin);
    column->addWidget(box);
    connect(unpin, &QPushButton::clicked, this, [this, pin = pins[i]] {
      ReferenceWishes wishes = session_.wishes();
      std::erase(wishes.pins, pin);
      session_.setWishes(std::move(wishes));
    });
  }
  pins_->setVisible(!pins.empty());
}

void TextPage::typed() {
  if (isFilling()) {
    return;
  }
  if (typing_ == kNoGesture) {
    typing_ = session_.document().newGesture();
  }
  pause_.start();
  const QString words = prompt_->toPlainText().simplified();
  change(promptStepName(words), [&words](Clip& changed) {
    std::get<TextCondition>(changed.condition).prompt = words.toStdString();
  }, typing_);
}

void TextPage::fill(const Clip& now) {
  if (help_ != nullptr) {
    help_->want();
  }
  const auto& text = std::get<TextCondition>(now.condition);
  const QString words = QString::fromStdString(text.prompt);
  if (prompt_->toPlainText().simplified() != words) {
    prompt_->setPlainText(words);
    completions_->close();
  }
  part_->setCurrent(int(text.part));
  refreshPins(text.part == BodyPart::Whole ? text.prompt : std::string());
  for (const auto& [field, isIn] : {std::pair{joinIn_, true}, std::pair{joinOut_, false}}) {
    const auto neighbour = neighbourOf(now, isIn);
    const Ticks length = !neighbour ? Ticks{0} : isIn ? neighbour->span.end - now.span.start : now.span.end - neighbour->span.start;
    field->setRate(session_.rate());
    field->setFrame(nearestFrame(length, session_.rate()));
    setUsable(field, neighbour != nullptr, isIn ? tr("No prompt before this one touches it.") : tr("No prompt after this one touches it."));
  }
  if (!pause_.isActive()) {
    refreshHints();
  }
}

std::shared_ptr<const Clip> TextPage::neighbourOf(const Clip& now, bool before) const {
  std::shared_ptr<const Clip> nearest;
  for (const auto& other : session_.timeline().clipsOf(now.trackId)) {
    if (other->id == now.id) {
      continue;
    }
    const Clip &a = before ? *other : now, &b = before ? now : *other;
    const bool follows = a.span.start <= b.span.start && b.span.start <= a.span.end && a.span.end <= b.span.end && (a.span.start < b.span.start || a.id < b.id);
    if (follows && (!nearest || !before)) {
      if (!nearest) {
        nearest = other;
      }
    } else if (follows) {
      nearest = other;  // the last one before
    }
  }
  return nearest;
}

void TextPage::changeJoin(bool isIn, Ticks length) {
  const auto now = clip();
  const auto other = now ? neighbourOf(*now, isIn) : nullptr;
  if (other) {
    const ObjectId earlier = isIn ? other->id : now->id, later = isIn ? now->id : other->id;
    session_.document().edit(tr("Change join"), setJoinLength(session_.timeline(), earlier, later, length));
  }
  if (const auto after = clip()) {
    showClip(*after);
  }
}

void TextPage::refreshHints() {
  pause_.stop();
  const auto now = clip();
  const auto* text = now ? std::get_if<TextCondition>(&now->condition) : nullptr;
  if (text == nullptr) {
    return;
  }
  const PromptHelp bare(CaptionLoader{});
  const PromptHelp& help = help_ != nullptr ? *help_ : bare;
  hints_->setHints(help.hints(QString::fromStdString(text->prompt), text->part, secondsOf(now->span.length())), kMostHints);
}

void TextPage::placeCompletions() {
  if (completions_->isOpen()) {
    const QRect field(prompt_->mapTo(body(), QPoint(0, 0)), prompt_->size());
    completions_->setGeometry(field.left(), field.bottom() + 3, field.width(), completions_->fullHeight());
    completions_->raise();
  }
}

void TextPage::resizeEvent(QResizeEvent* event) {
  ClipPage::resizeEvent(event);
  placeCompletions();
}

}  // namespace kinescore
