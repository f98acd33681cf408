// What the engine looks at beside the timeline: the take page's list of captured motion that was shown, with what the
// next generation does about it, and the draft that is followed.
#include "ui/document/clip_library.h"
#include "ui/panels/inspector.h"
#include "ui/theme/theme.h"
#include "ui/widgets/elided_label.h"

namespace kinescore {
namespace {

bool hasPrompt(const Timeline& timeline, const std::string& words) {
  for (const auto& track : timeline.tracks()) {
    for (const auto& clip : timeline.clipsOf(track->id)) {
      const auto* text = std::get_if<TextCondition>(&clip->condition);
      if (text != nullptr && text->prompt == words) {
        return true;
      }
    }
  }
  return false;
}

QString partText(const ShownReference& reference) {
  QString text = QStringLiteral("%1–%2 s").arg(secondsOf(reference.part.start), 0, 'f', 1).arg(secondsOf(reference.part.end), 0, 'f', 1);
  if (reference.mirror) {
    text += Inspector::tr(", mirrored");
  }
  if (reference.pinned && !reference.prompt.empty()) {
    text += Inspector::tr(", pinned");
  }
  return text;
}

/// A clip (by its title where the library knows it, and its id, small) and what is said about it, with room for links at
/// the end.
QHBoxLayout* addClipRow(QVBoxLayout* to, const ClipLibrary* library, const std::string& id, const QString& detail, QWidget* box) {
  const auto known = library != nullptr ? library->clip(id) : nullptr;
  const QString name = QString::fromStdString(id);
  auto* row = new QHBoxLayout(box);
  row->setContentsMargins(0, 4, 0, 4);
  row->setSpacing(8);
  auto* column = new QVBoxLayout;
  column->setSpacing(0);
  const auto addLine = [&](const QString& words, const char* kind, int size) {
    auto* line = new ElidedLabel(words, box);
    line->setProperty("kind", kind);
    line->setFont(numberFont(size));
    column->addWidget(line);
  };
  addLine(known ? known->title : name, "value", 12);
  if (known && known->title != name) {
    addLine(name, "label", 11);
  }
  auto* small = makeLabel(breakable(detail), box);
  small->setFont(numberFont(11));
  small->setWordWrap(true);
  column->addWidget(small);
  row->addLayout(column, 1);
  to->addWidget(box);
  return row;
}

}  // namespace

QWidget* Inspector::makeDraftRow(QWidget* parent) {
  draftRow_ = new QWidget(parent);
  draftRow_->setToolTip(tr("A rough motion of yours, a BVH file or a take: its poses are followed frame by frame, its movement is made anew."));
  auto* column = new QVBoxLayout(draftRow_);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(2);
  column->addWidget(makeLabel(tr("Draft to follow"), draftRow_));
  auto* row = new QHBoxLayout;
  row->setSpacing(8);
  draftName_ = new ElidedLabel({}, draftRow_);
  draftName_->setObjectName(QStringLiteral("draft"));
  draftName_->setProperty("kind", "value");
  row->addWidget(draftName_, 1);
  auto* choose = makeLink(tr("Choose…"), draftRow_);
  choose->setObjectName(QStringLiteral("choose draft"));
  draftNone_ = makeLink(tr("None"), draftRow_);
  draftNone_->setObjectName(QStringLiteral("no draft"));
  row->addWidget(choose);
  row->addWidget(draftNone_);
  column->addLayout(row);
  connect(choose, &QPushButton::clicked, this, &Inspector::chooseDraft);
  connect(draftNone_, &QPushButton::clicked, this, [this] { session_.followNothing(); });
  return draftRow_;
}

void Inspector::offerDrafts(bool offers) {
  offersDrafts_ = offers;
  draftRow_->setVisible(offers);
}

void Inspector::refreshDraft() {
  const auto& draft = session_.draft();
  draftName_->setText(draft ? QString::fromStdString(draft->name) : tr("None"));
  draftNone_->setVisible(draft.has_value());
}

void Inspector::addDraftLink(const TakePointer& take) {
  if (!offersDrafts_ || take == nullptr) {
    return;
  }
  const bool isFollowed = session_.isFollowed(*take);
  auto* link = makeLink(isFollowed ? tr("Follow this take no longer") : tr("Follow this take as a draft"), takeBox_);
  link->setObjectName(QStringLiteral("follow take"));
  takeLines_->addSpacing(8);
  takeLines_->addWidget(link, 0, Qt::AlignLeft);
  connect(link, &QPushButton::clicked, this, [this, take, isFollowed] {
    if (isFollowed) {
      session_.followNothing();
    } else {
      session_.followTake(*take);
    }
  });
}

void Inspector::addShownReferences(const std::vector<ShownReference>& references) {
  const std::vector<std::string>& forbidden = session_.wishes().forbidden;
  if (references.empty() && forbidden.empty()) {
    return;
  }
  takeLines_->addWidget(makeHeading(tr("Captured motion shown"), takeBox_));
  const auto addLink = [this](QHBoxLayout* row, const QString& words, const QString& objectName, const std::function<void()>& act) {
    auto* link = makeLink(words, row->parentWidget());
    link->setObjectName(objectName);
    connect(link, &QPushButton::clicked, this, [act] { act(); });
    row->addWidget(link, 0, Qt::AlignTop);
  };
  for (const ShownReference& reference : references) {
    const QString name = QString::fromStdString(reference.clipId);
    const bool isPlaced = reference.prompt.empty();
    const QString where = isPlaced ? tr("On the timeline: %1").arg(partText(reference))
                                   : tr("“%1”: %2").arg(QString::fromStdString(reference.prompt), partText(reference));
    auto* row = addClipRow(takeLines_, library_, reference.clipId, where, new QWidget(takeBox_));
    if (isPlaced) {
      continue;  // it is taken away where it lies
    }
    // A pin goes with a prompt's words: without such a prompt there is nothing to pin to.
    if (session_.isPinned(reference) || hasPrompt(session_.timeline(), reference.prompt)) {
      addLink(row, session_.isPinned(reference) ? tr("Unpin") : tr("Pin"), QStringLiteral("pin ") + name,
              [this, reference] { session_.togglePin(reference); });
    }
    if (!session_.wishes().forbids(reference.clipId)) {
      addLink(row, tr("Forbid"), QStringLiteral("forbid ") + name, [this, reference] { session_.toggleForbidden(reference.clipId); });
    }
  }
  for (const std::string& clip : forbidden) {
    const QString name = QString::fromStdString(clip);
    auto* row = addClipRow(takeLines_, library_, clip, tr("Never shown from the next generation on."), new QWidget(takeBox_));
    addLink(row, tr("Allow"), QStringLiteral("allow ") + name, [this, clip] { session_.toggleForbidden(clip); });
  }
}

}  // namespace kinescore
