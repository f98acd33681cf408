#include "ui/dialogs/export_dialog.h"

#include <array>

#include <QButtonGroup>
#include <QComboBox>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QGridLayout>
#include <QLineEdit>
#include <QScrollArea>

#include "ui/document/report_words.h"
#include "ui/document/time_text.h"
#include "ui/theme/theme.h"
#include "ui/widgets/basics.h"

namespace kinescore {
namespace {

struct Preset {
  const char* name;
  const char* detail;
  ExportFormat format;
  bool centimeters;
};
// What each program takes without a question.
constexpr std::array<Preset, 6> kPresets{{{"Maya, MotionBuilder", "FBX, cm", ExportFormat::Fbx, true},
                                          {"Unreal", "FBX, cm", ExportFormat::Fbx, true},
                                          {"Unity", "FBX, m", ExportFormat::Fbx, false},
                                          {"Blender", "FBX, m", ExportFormat::Fbx, false},
                                          {"Blender, BVH", "BVH, m", ExportFormat::Bvh, false},
                                          {"Any, BVH", "BVH, cm", ExportFormat::Bvh, true}}};

const std::array<FrameRate, 10> kRates{{{24000, 1001}, {24, 1}, {25, 1}, {30000, 1001}, {30, 1},
                                        {48, 1}, {50, 1}, {60000, 1001}, {60, 1}, {120, 1}}};

QString endingOf(ExportFormat format) {
  return format == ExportFormat::Fbx ? QStringLiteral(".fbx") : QStringLiteral(".bvh");
}

QVBoxLayout* labelled(const QString& words, QWidget* field, QWidget* parent) {
  auto* column = new QVBoxLayout;
  column->setSpacing(4);
  column->addWidget(makeLabel(words, parent));
  column->addWidget(field);
  return column;
}

}  // namespace

ExportDialog::ExportDialog(Session& session, QWidget* parent)
    : QDialog(parent), session_(session), take_(session.takes().shown()) {
  setObjectName(QStringLiteral("exportDialog"));
  setWindowTitle(tr("Export motion"));
  setFixedWidth(880);
  setMinimumHeight(470);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);

  auto* head = new Panel("bar", this);
  head->setFixedHeight(58);
  auto* headRow = new QHBoxLayout(head);
  headRow->setContentsMargins(24, 0, 16, 0);
  headRow->setSpacing(12);
  auto* title = makeHeading(tr("Export motion"), head);
  title->setStyleSheet(QStringLiteral("font-size: 16px; font-weight: 600; color: %1;").arg(colorOf(tokens().t1).name()));
  headRow->addWidget(title);
  if (take_) {
    headRow->addWidget(new QLabel(tr("%1, take %2").arg(session.name()).arg(take_->number), head));
  }
  headRow->addStretch();
  column->addWidget(head);

  auto* body = new QHBoxLayout;
  body->setContentsMargins(24, 20, 24, 20);
  body->setSpacing(28);
  auto* left = new QVBoxLayout;
  left->setSpacing(16);
  auto* madeFor = new QVBoxLayout;
  madeFor->setSpacing(4);
  auto* madeForRow = new QHBoxLayout;
  madeForRow->addWidget(makeLabel(tr("Made for"), this));
  presetState_ = makeLabel({}, this);
  madeForRow->addStretch();
  madeForRow->addWidget(presetState_);
  madeFor->addLayout(madeForRow);
  auto* grid = new QGridLayout;
  grid->setSpacing(8);
  for (int i = 0; i < int(kPresets.size()); ++i) {
    auto* card = new ChoiceCard(tr(kPresets[std::size_t(i)].name), tr(kPresets[std::size_t(i)].detail), this);
    card->setFixedHeight(48);
    connect(card, &QPushButton::clicked, this, [this, i] { choosePreset(i); });
    presets_.push_back(card);
    grid->addWidget(card, i / 3, i % 3);
  }
  madeFor->addLayout(grid);
  left->addLayout(madeFor);

  format_ = new SegmentedChoice({tr("BVH"), tr("FBX")}, this);
  left->addLayout(labelled(tr("Format"), format_, this));
  auto* three = new QHBoxLayout;
  three->setSpacing(12);
  range_ = new ChoiceBox(this);
  rate_ = new ChoiceBox(this);
  unit_ = new ChoiceBox(this);
  const FrameRate projectRate = session.rate();
  const TimeRange& play = session.timeline().settings().playRange;
  range_->addItem(tr("In to out, %1–%2").arg(nearestFrame(play.start, projectRate)).arg(nearestFrame(play.end, projectRate) - 1));
  range_->addItem(tr("The whole take"));
  if (session.selection().time()) {
    const TimeRange span = session.selection().time()->span();
    range_->addItem(tr("Time selection, %1–%2").arg(nearestFrame(span.start, projectRate)).arg(nearestFrame(span.end, projectRate) - 1));
  }
  for (const FrameRate& rate : kRates) {
    rate_->addItem(rateText(rate));
    if (rate == projectRate) {
      rate_->setCurrentIndex(rate_->count() - 1);
    }
  }
  unit_->addItems({tr("cm, Y up"), tr("m, Y up")});
  three->addLayout(labelled(tr("Frames"), range_, this), 3);
  three->addLayout(labelled(tr("Frame rate"), rate_, this), 2);
  three->addLayout(labelled(tr("Unit and up axis"), unit_, this), 2);
  left->addLayout(three);
  left->addStretch();
  body->addLayout(left, 5);

  auto* right = new QVBoxLayout;
  right->setSpacing(8);
  right->addWidget(makeHeading(tr("What you will get"), this));
  // Rows keep their height, however many a take has.
  auto* scroll = new QScrollArea(this);
  scroll->setObjectName(QStringLiteral("exportNotes"));
  scroll->setWidgetResizable(true);
  scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  auto* list = new QWidget(scroll);
  auto* listColumn = new QVBoxLayout(list);
  listColumn->setContentsMargins(0, 0, 0, 0);
  notes_ = new QVBoxLayout;
  notes_->setSpacing(6);
  listColumn->addLayout(notes_);
  listColumn->addStretch();
  scroll->setWidget(list);
  right->addWidget(scroll, 1);
  name_ = new QLineEdit(this);
  name_->setObjectName(QStringLiteral("exportName"));
  name_->setFixedHeight(measure::kField);
  right->addLayout(labelled(tr("File name"), name_, this));
  auto* folderRow = new QHBoxLayout;
  folderRow->setSpacing(6);
  folder_ = new QLineEdit(this);
  folder_->setObjectName(QStringLiteral("exportFolder"));
  folder_->setFixedHeight(measure::kField);
  auto* browse = new QPushButton(tr("Browse…"), this);
  folderRow->addWidget(folder_);
  folderRow->addWidget(browse);
  auto* folderColumn = new QVBoxLayout;
  folderColumn->setSpacing(4);
  folderColumn->addWidget(makeLabel(tr("Folder"), this));
  folderColumn->addLayout(folderRow);
  right->addLayout(folderColumn);
  size_ = makeLabel({}, this);
  size_->setFont(numberFont(11));
  right->addWidget(size_);
  body->addLayout(right, 4);
  column->addLayout(body, 1);

  auto* foot = new Panel("bar", this);
  foot->setFixedHeight(58);
  auto* footRow = new QHBoxLayout(foot);
  footRow->setContentsMargins(24, 0, 24, 0);
  footRow->setSpacing(12);
  problem_ = new QLabel(foot);
  problem_->setObjectName(QStringLiteral("exportProblem"));
  problem_->setProperty("kind", "value");
  problem_->setWordWrap(true);
  footRow->addWidget(problem_, 1);
  auto* cancel = new QPushButton(tr("Cancel"), foot);
  export_ = new QPushButton(tr("Export"), foot);
  export_->setObjectName(QStringLiteral("exportButton"));
  export_->setProperty("kind", "primary");
  export_->setIcon(icon(QStringLiteral("export"), colorOf(tokens().t1)));
  export_->setDefault(true);
  footRow->addWidget(cancel);
  footRow->addWidget(export_);
  column->addWidget(foot);

  connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
  connect(export_, &QPushButton::clicked, this, [this] {
    if (exportNow()) {
      accept();
    }
  });
  connect(browse, &QPushButton::clicked, this, [this] {
    const QString chosen = QFileDialog::getExistingDirectory(this, tr("Folder"), folder_->text(),
                                                             QFileDialog::ShowDirsOnly | QFileDialog::DontUseNativeDialog);
    if (!chosen.isEmpty()) {
      folder_->setText(chosen);
    }
  });
  connect(format_, &SegmentedChoice::chosen, this, [this] { refresh(); });
  for (QComboBox* box : {range_, rate_, unit_}) {
    connect(box, &QComboBox::currentIndexChanged, this, [this] { refresh(); });
  }
  for (QLineEdit* field : {name_, folder_}) {
    connect(field, &QLineEdit::textChanged, this, [this] { refresh(); });
  }
  const bool isNamed = session.hasPath() && !session.saveNeedsPath();  // by the user: as it is written
  QString stem = isNamed ? session.name() : session.name().toLower();
  stem.replace(u' ', u'_');
  const QString folder = isNamed
                             ? QString::fromStdString(session.path().parent_path().string())
                             : QDir::homePath();
  setFile(folder, stem + tr("_take%1").arg(take_ ? take_->number : 1));
  choosePreset(3);
}

void ExportDialog::setFile(const QString& folder, const QString& name) {
  folder_->setText(folder);
  name_->setText(name);
  refresh();
}

void ExportDialog::setFormat(ExportFormat format) {
  format_->setCurrent(format == ExportFormat::Bvh ? 0 : 1);
  refresh();
}

QString ExportDialog::filePath() const {
  QString name = name_->text().trimmed();
  const QString ending = endingOf(options().format);
  for (const QString& known : {QStringLiteral(".bvh"), QStringLiteral(".fbx")}) {
    if (name.endsWith(known, Qt::CaseInsensitive)) {
      name.chop(known.size());
    }
  }
  return QDir(folder_->text()).filePath(name + ending);
}

ExportOptions ExportDialog::options() const {
  ExportOptions options;
  options.format = format_->current() == 1 ? ExportFormat::Fbx : ExportFormat::Bvh;
  options.rate = kRates[std::size_t(std::max(0, rate_->currentIndex()))];
  options.centimeters = unit_->currentIndex() == 0;
  if (range_->currentIndex() == 0) {
    options.range = session_.timeline().settings().playRange;
  } else if (range_->currentIndex() == 2 && session_.selection().time()) {
    options.range = session_.selection().time()->span();
  }
  if (take_) {
    options.takeName = take_->name.empty() ? tr("Take %1").arg(take_->number).toStdString() : take_->name;
  }
  return options;
}

ExportChoice ExportDialog::choice() const {
  return {filePath(), options(), ExportChoice::Span(std::clamp(range_->currentIndex(), 0, 2))};
}

ExportOptions optionsAgain(const ExportChoice& choice, Session& session) {
  ExportOptions options = choice.options;
  if (choice.span == ExportChoice::Span::PlayRange) {
    options.range = session.timeline().settings().playRange;
  }
  if (const TakePointer take = session.takes().shown()) {
    options.takeName = take->name.empty() ? ExportDialog::tr("Take %1").arg(take->number).toStdString() : take->name;
  }
  return options;
}

void ExportDialog::choosePreset(int index) {
  isChoosing_ = true;
  preset_ = index;
  const Preset& preset = kPresets[std::size_t(index)];
  format_->setCurrent(preset.format == ExportFormat::Bvh ? 0 : 1);
  unit_->setCurrentIndex(preset.centimeters ? 0 : 1);
  isChoosing_ = false;
  refresh();
}

void ExportDialog::addNote(bool isOk, const QString& sentence, const QString& detail) {
  auto* box = new QWidget(this);
  auto* row = new QHBoxLayout(box);
  row->setContentsMargins(0, 2, 0, 2);
  row->setSpacing(9);
  auto* mark = new QLabel(box);
  mark->setPixmap(iconPixmap(isOk ? QStringLiteral("check") : QStringLiteral("warn"),
                             colorOf(isOk ? tokens().ok : tokens().warn), 15, devicePixelRatioF()));
  auto* words = new QVBoxLayout;
  words->setSpacing(0);
  auto* line = new QLabel(sentence, box);
  line->setProperty("kind", "value");
  line->setFont(numberFont(12));
  line->setWordWrap(true);
  auto* small = makeLabel(detail, box);
  small->setFont(numberFont(11));
  small->setWordWrap(true);
  words->addWidget(line);
  words->addWidget(small);
  row->addWidget(mark, 0, Qt::AlignTop);
  row->addLayout(words, 1);
  notes_->addWidget(box);
}

void ExportDialog::refresh() {
  if (isChoosing_) {
    return;
  }
  mayOverwrite_ = false;
  export_->setText(tr("Export"));
  problem_->clear();
  const ExportOptions chosen = options();
  const Preset& preset = kPresets[std::size_t(preset_)];
  const bool isPreset = preset.format == chosen.format && preset.centimeters == chosen.centimeters;
  presetState_->setText(isPreset ? QString() : tr("Changed"));
  for (int i = 0; i < int(presets_.size()); ++i) {
    presets_[std::size_t(i)]->setChecked(i == preset_);
  }
  while (QLayoutItem* item = notes_->takeAt(0)) {
    delete item->widget();
    delete item;
  }
  if (!take_) {
    addNote(false, tr("Nothing is generated yet"), tr("Close this window and press Generate first."));
    export_->setEnabled(false);
    return;
  }
  const Motion frames = framesForExport(*take_->result.motion, chosen.rate, chosen.range);
  const double seconds = double(frames.frameCount()) / chosen.rate.fps();
  addNote(true, tr("Opens upright and facing forward"),
          chosen.format == ExportFormat::Fbx
              ? tr("Y up, front +Z, %1, stated in the file.").arg(chosen.centimeters ? tr("centimetres") : tr("metres"))
              : tr("Y up, front +Z, %1; BVH cannot state its unit.").arg(chosen.centimeters ? tr("centimetres") : tr("metres")));
  addNote(true, tr("22 joints of the engine's own figure"), tr("HumanIK-like names; the rest pose is a clean T."));
  addNote(frames.frameCount() > 0, tr("Length and rate are exact"),
          tr("%1 frames at %2, %3 s.").arg(frames.frameCount()).arg(rateText(chosen.rate)).arg(seconds, 0, 'f', 3));
  if (const int changes = session_.changesSinceShown(); changes > 0) {
    addNote(false,
            changes == 1 ? tr("1 change is not generated yet; take %1 is exported as it is.").arg(take_->number)
                         : tr("%1 changes are not generated yet; take %2 is exported as it is.").arg(changes).arg(take_->number),
            tr("Press Generate before exporting to have them in the file."));
  }
  for (const ReportLine& line : take_->result.report.lines) {
    if (line.isNote) {
      addNote(false, reportWords(line.sentence, session_.rate()),
              tr("%1 Comes from take %2.").arg(reportWords(line.detail, session_.rate())).arg(take_->number));
    }
  }
  const double bytes = chosen.format == ExportFormat::Bvh ? double(frames.frameCount()) * 69 * 11 + 3000
                                                          : double(frames.frameCount()) * 69 * 12 + 120000;
  size_->setText(tr("About %1 MB. Nothing is overwritten without asking.").arg(std::max(0.1, bytes / 1e6), 0, 'f', 1));
  export_->setEnabled(frames.frameCount() > 0 && !name_->text().trimmed().isEmpty());
}

bool ExportDialog::exportNow() {
  if (!take_) {
    return false;
  }
  const QString path = filePath();
  if (!QFileInfo(folder_->text()).isDir()) {
    problem_->setText(tr("There is no folder “%1”; choose another one.").arg(folder_->text()));
    return false;
  }
  if (QFileInfo::exists(path) && !mayOverwrite_) {
    mayOverwrite_ = true;
    problem_->setText(tr("“%1” is there already.").arg(QFileInfo(path).fileName()));
    export_->setText(tr("Replace it"));
    return false;
  }
  if (const Status done = exportMotion(*take_->result.motion, path.toStdString(), options()); !done) {
    problem_->setText(QString::fromStdString(done.error().message));
    return false;
  }
  Q_EMIT exported(path);
  return true;
}

}  // namespace kinescore
