// Written by tools/tokenizer_cases.py.

/// Small tokenizers with texts and the tokens that the reference makes of them, as JSON.
enum TokenizerCases {
  static let all = [
    ("uncased", uncased, uncasedCases),
    ("cased", cased, casedCases),
    ("accents", accents, accentsCases),
    ("xlm", xlm, xlmCases),
    ("bytes", bytes, bytesCases),
    ("steps", steps, stepsCases),
  ]

  static let uncased = #"""
    {"version":"1.0","truncation":{"max_length":4,"strategy":"LongestFirst","stride":0},"padding":null,"added_tokens\#
    ":[{"id":0,"content":"[PAD]","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true\#
    },{"id":1,"content":"[UNK]","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true}\#
    ,{"id":2,"content":"[CLS]","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true},\#
    {"id":3,"content":"[SEP]","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true},{\#
    "id":4,"content":"[MASK]","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true}],\#
    "normalizer":{"type":"BertNormalizer","strip_accents":null,"lowercase":true,"clean_text":true,"handle_chinese_ch\#
    ars":true},"pre_tokenizer":{"type":"BertPreTokenizer"},"post_processor":{"type":"TemplateProcessing","single":[{\#
    "SpecialToken":{"id":"[CLS]","type_id":0}},{"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"[SEP]","ty\#
    pe_id":0}}],"pair":[{"SpecialToken":{"id":"[CLS]","type_id":0}},{"Sequence":{"id":"A","type_id":0}},{"SpecialTok\#
    en":{"id":"[SEP]","type_id":0}},{"Sequence":{"id":"B","type_id":1}}],"special_tokens":{"[CLS]":{"id":"[CLS]","id\#
    s":[2],"tokens":["[CLS]"]},"[SEP]":{"id":"[SEP]","ids":[3],"tokens":["[SEP]"]}}},"decoder":null,"model":{"type":\#
    "WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##","max_input_chars_per_word":100,"vocab":{"[PAD]"\#
    :0,"[UNK]":1,"[CLS]":2,"[SEP]":3,"[MASK]":4,"the":5,"##the":6,"mask":7,"##mask":8,"a":9,"##a":10,"ab":11,"##ab":\#
    12,"b":13,"##b":14,"e":15,"##e":16,"fi":17,"##fi":18,"red":19,"##red":20,"bag":21,"##bag":22,"bags":23,"##bags":\#
    24,"light":25,"##light":26,"lantern":27,"##lantern":28,"un":29,"##un":30,"known":31,"##known":32,"K":33,"##K":34\#
    ,"T":35,"##T":36,"GA":37,"##GA":38,"TM":39,"##TM":40,"1":41,"##1":42,"2":43,"##2":44,"A":45,"##A":46,"N":47,"##N\#
    ":48,"Z":49,"##Z":50,"X":51,"##X":52,"(":53,"##(":54,"c":55,"##c":56,")":57,"##)":58,"\u30ac":59,"##\u30ac":60,"\#
    \u6771":61,"##\u6771":62,"\u4eac":63,"##\u4eac":64,"\u00fc":65,"##\u00fc":66,"s":67,"##s":68,"r":69,"##r":70,"d"\#
    :71,"##d":72,"g":73,"##g":74,"l":75,"##l":76,"i":77,"##i":78,"t":79,"##t":80,"n":81,"##n":82,"h":83,"##h":84,"o"\#
    :85,"##o":86,"w":87,"##w":88,"k":89,"##k":90,"m":91,"##m":92,"\u0301":93,"##\u0301":94,"<":95,"##<":96,">":97,"#\#
    #>":98,"/":99,"##/":100,".":101,"##.":102,",":103,"##,":104,"\u2044":105,"##\u2044":106,"bb":107,"##bb":108,"ss"\#
    :109,"##ss":110,"tt":111,"##tt":112,"R":113,"##R":114,"\u0131":115,"##\u0131":116,"i\u0307":117,"##i\u0307":118,\#
    "\u03c3":119,"##\u03c3":120,"\u00e4":121,"##\u00e4":122,"\u1112\u1161\u11ab":123,"##\u1112\u1161\u11ab":124,"\u1\#
    100\u1173\u11af":125,"##\u1100\u1173\u11af":126,"=":127,"##=":128,";":129,"##;":130,"`":131,"##`":132,"!":133,"#\#
    #!":134,"'":135,"##'":136,"[":137,"##[":138,"]":139,"##]":140,"#":141,"###":142,"don":143,"##don":144,"Lantern":\#
    145,"##Lantern":146,"RED":147,"##RED":148,"\u4e00":149,"##\u4e00":150,"\ud86e\udd20":151,"##\ud86e\udd20":152,"\\#
    u8c48":153,"##\u8c48":154,"\u08d4\u302e":155,"##\u08d4\u302e":156,"\ud834\udd57\ud834\udd65\ud834\udd65":157,"##\#
    \ud834\udd57\ud834\udd65\ud834\udd65":158,"uber":159,"##uber":160,"\u0378":161,"##\u0378":162,"\u00c4":163,"##\u\#
    00c4":164,"-":165,"##-":166}}}
    """#

  static let uncasedCases = #"""
    [["",[2,3]],[" ",[2,3]],["\u0085c \u2044fi ",[2,55,105,18,3]],["ab \u0301\u1100\uac00\u0301X\u4e00\u4e00 \u2044\\#
    u0301\u302e\u08d4 ",[2,11,1,149,149,1,3]],["c n\u0000 TM ",[2,55,81,79,92,3]],["> \u00a0o \u00dcber \u1734 )red \#
    <mask>\u2460",[2,97,85,159,57,19,95,7,97,1,3]],["[X[CLS]\r\nREDo\ud86e\udd20w",[2,137,1,2,19,86,151,87,3]],[", \\#
    u0e33 redbb",[2,103,1,19,108,3]],["\u6771i\u0301fi m K\u6771",[2,61,77,18,91,89,61,3]],["Z N   )don't > \u4eac\u\#
    0130 ",[2,1,81,57,143,135,79,97,63,77,3]],["e\u0301 R Z n/light ##s",[2,15,69,1,81,99,25,141,141,67,3]],["a Z\u0\#
    0a0\u0130\u6771xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\#
    xxxx \tbb ",[2,9,1,77,61,1,107,3]],["\uf900K tt##s 1 w\u0301 1",[2,153,89,111,141,141,67,41,87,41,3]],["\u2460 2\#
    /e \u0301 c lantern \uf900 ",[2,1,43,99,15,55,27,153,3]],["n \u000b \u0085\u00a9ss \ud83c\udffbmask\ud55c\uae00 \#
    \u1734R",[2,81,1,1,69,3]],["\u0924\u0301s\u00c4\u0924\u0301\u00adw ",[2,1,3]],["o \t\u00a9",[2,85,1,3]],["c\u00a\#
    9\u200d\u2122 >\u200b\ufb01\u00c4N \ud834\udd5e\ud834\udd65",[2,1,97,1,157,3]],["un \u200d",[2,29,3]],["[ \u3000\#
    \u2044bagl od",[2,137,105,22,76,85,72,3]],["K/1/ ",[2,89,99,41,99,3]],["d \u037e c ",[2,71,129,55,3]],["s\u0378\\#
    ufffd\u0000",[2,67,162,3]],["[ TM",[2,137,79,92,3]]]
    """#

  static let cased = #"""
    {"version":"1.0","truncation":{"max_length":4,"strategy":"LongestFirst","stride":0},"padding":null,"added_tokens\#
    ":[{"id":0,"content":"[PAD]","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true\#
    },{"id":1,"content":"[UNK]","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true}\#
    ,{"id":2,"content":"[CLS]","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true},\#
    {"id":3,"content":"[SEP]","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true},{\#
    "id":4,"content":"[MASK]","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true}],\#
    "normalizer":{"type":"BertNormalizer","strip_accents":null,"lowercase":false,"clean_text":true,"handle_chinese_c\#
    hars":true},"pre_tokenizer":{"type":"BertPreTokenizer"},"post_processor":{"type":"BertProcessing","sep":["[SEP]"\#
    ,3],"cls":["[CLS]",2]},"decoder":null,"model":{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix\#
    ":"##","max_input_chars_per_word":100,"vocab":{"[PAD]":0,"[UNK]":1,"[CLS]":2,"[SEP]":3,"[MASK]":4,"the":5,"##the\#
    ":6,"mask":7,"##mask":8,"a":9,"##a":10,"ab":11,"##ab":12,"b":13,"##b":14,"e":15,"##e":16,"fi":17,"##fi":18,"red"\#
    :19,"##red":20,"bag":21,"##bag":22,"bags":23,"##bags":24,"light":25,"##light":26,"lantern":27,"##lantern":28,"un\#
    ":29,"##un":30,"known":31,"##known":32,"K":33,"##K":34,"T":35,"##T":36,"GA":37,"##GA":38,"TM":39,"##TM":40,"1":4\#
    1,"##1":42,"2":43,"##2":44,"A":45,"##A":46,"N":47,"##N":48,"Z":49,"##Z":50,"X":51,"##X":52,"(":53,"##(":54,"c":5\#
    5,"##c":56,")":57,"##)":58,"\u30ac":59,"##\u30ac":60,"\u6771":61,"##\u6771":62,"\u4eac":63,"##\u4eac":64,"\u00fc\#
    ":65,"##\u00fc":66,"s":67,"##s":68,"r":69,"##r":70,"d":71,"##d":72,"g":73,"##g":74,"l":75,"##l":76,"i":77,"##i":\#
    78,"t":79,"##t":80,"n":81,"##n":82,"h":83,"##h":84,"o":85,"##o":86,"w":87,"##w":88,"k":89,"##k":90,"m":91,"##m":\#
    92,"\u0301":93,"##\u0301":94,"<":95,"##<":96,">":97,"##>":98,"/":99,"##/":100,".":101,"##.":102,",":103,"##,":10\#
    4,"\u2044":105,"##\u2044":106,"bb":107,"##bb":108,"ss":109,"##ss":110,"tt":111,"##tt":112,"R":113,"##R":114,"\u0\#
    131":115,"##\u0131":116,"i\u0307":117,"##i\u0307":118,"\u03c3":119,"##\u03c3":120,"\u00e4":121,"##\u00e4":122,"\\#
    u1112\u1161\u11ab":123,"##\u1112\u1161\u11ab":124,"\u1100\u1173\u11af":125,"##\u1100\u1173\u11af":126,"=":127,"#\#
    #=":128,";":129,"##;":130,"`":131,"##`":132,"!":133,"##!":134,"'":135,"##'":136,"[":137,"##[":138,"]":139,"##]":\#
    140,"#":141,"###":142,"don":143,"##don":144,"Lantern":145,"##Lantern":146,"RED":147,"##RED":148,"\u4e00":149,"##\#
    \u4e00":150,"\ud86e\udd20":151,"##\ud86e\udd20":152,"\u8c48":153,"##\u8c48":154,"\u08d4\u302e":155,"##\u08d4\u30\#
    2e":156,"\ud834\udd57\ud834\udd65\ud834\udd65":157,"##\ud834\udd57\ud834\udd65\ud834\udd65":158,"uber":159,"##ub\#
    er":160,"\u0378":161,"##\u0378":162,"\u00c4":163,"##\u00c4":164,"-":165,"##-":166}}}
    """#

  static let casedCases = #"""
    [["",[2,3]],[" ",[2,3]],["[CLS]K\u0e33N",[2,2,1,3]],["\t\u3000/\ud86e\udc20\r\n \u0130 Rr\u00a9\u0600a2",[2,99,1\#
    ,1,1,3]],["N",[2,47,3]],["the\u0378\r\n ) \ufffd /e \u0915\u094d\u0924\u0301 \ud86e\udc20cA",[2,5,162,57,99,15,1\#
    ,1,3]],["bagsR iK m xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\#
    xxxxxxxxx \ufffddlantern light TMthe ",[2,23,114,77,34,91,1,71,28,25,39,6,3]],["\u2460 \u2044 ",[2,1,105,3]],["\\#
    u00a9\u200d\u2122 \u00bdd\u00c4bag\u0130 ttthe",[2,1,1,111,6,3]],["\u00a0 wknown!,don't ",[2,87,32,133,103,143,1\#
    35,79,3]],["\ud834\udd5e\ud834\udd65 w \u6771[MASK]!\u0301\u4eactt",[2,1,87,61,4,133,93,63,111,3]],["\u2044\u110\#
    0\uac00\u0301",[2,1,3]],["\ud834\udd5e\ud834\udd65 sunbb\u00e9\u6771[CLS] \u3000\uff76\uff9e ",[2,1,1,61,2,1,3]]\#
    ,["\u302e\u08d4 ) \u00e9\uff76\uff9e!Z\r\n ",[2,1,57,1,133,49,3]],["i \uff21",[2,77,1,3]],["\u00a0h N> tbagsbag!\#
    ",[2,83,47,97,79,24,22,133,3]],["\u2260aa\uff21red \u3000\u0000fi\ud55c\uae00h\t\u037e",[2,1,1,1,3]],["GA\u2460 \#
    lantern\ud83c\udffbK (light\ud86e\udc20\u0301 \u2260 \u3000\u2460light ",[2,1,1,53,1,1,1,3]],["\u3000 thebag\ud5\#
    5c\uae00light",[2,1,3]],["\u00ad\u0915\u094d\u0924\u0301<mask>m abh\u1734 d\ud86e\udc20)un ",[2,1,95,7,97,91,1,1\#
    ,57,29,3]],["\ud86e\udc20tt\ud86e\udd20\u200be\u0301",[2,1,151,15,94,3]],["\u00fc fi bb,o\ud83c\udffb\r\nr\u0085\#
    \u0924\u0301 m",[2,65,17,107,103,1,1,91,3]],["xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\#
    xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx> xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\#
    xxxxxxxxxxxxxxxxxxxxxxxxxx> \u2044\u0301TM",[2,1,97,1,97,105,94,40,3]],["\u2260 ab ss Lanterns",[2,1,11,109,145,\#
    68,3]]]
    """#

  static let accents = #"""
    {"version":"1.0","truncation":{"max_length":4,"strategy":"LongestFirst","stride":0},"padding":null,"added_tokens\#
    ":[{"id":0,"content":"[PAD]","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true\#
    },{"id":1,"content":"[UNK]","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true}\#
    ,{"id":2,"content":"[CLS]","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true},\#
    {"id":3,"content":"[SEP]","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true},{\#
    "id":4,"content":"[MASK]","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true}],\#
    "normalizer":{"type":"BertNormalizer","strip_accents":false,"lowercase":true,"clean_text":false,"handle_chinese_\#
    chars":false},"pre_tokenizer":{"type":"BertPreTokenizer"},"post_processor":{"type":"TemplateProcessing","single"\#
    :[{"SpecialToken":{"id":"[CLS]","type_id":0}},{"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"[SEP]",\#
    "type_id":0}}],"pair":[{"SpecialToken":{"id":"[CLS]","type_id":0}},{"Sequence":{"id":"A","type_id":0}},{"Special\#
    Token":{"id":"[SEP]","type_id":0}},{"Sequence":{"id":"B","type_id":1}}],"special_tokens":{"[CLS]":{"id":"[CLS]",\#
    "ids":[2],"tokens":["[CLS]"]},"[SEP]":{"id":"[SEP]","ids":[3],"tokens":["[SEP]"]}}},"decoder":null,"model":{"typ\#
    e":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##","max_input_chars_per_word":100,"vocab":{"[PA\#
    D]":0,"[UNK]":1,"[CLS]":2,"[SEP]":3,"[MASK]":4,"the":5,"##the":6,"mask":7,"##mask":8,"a":9,"##a":10,"ab":11,"##a\#
    b":12,"b":13,"##b":14,"e":15,"##e":16,"fi":17,"##fi":18,"red":19,"##red":20,"bag":21,"##bag":22,"bags":23,"##bag\#
    s":24,"light":25,"##light":26,"lantern":27,"##lantern":28,"un":29,"##un":30,"known":31,"##known":32,"K":33,"##K"\#
    :34,"T":35,"##T":36,"GA":37,"##GA":38,"TM":39,"##TM":40,"1":41,"##1":42,"2":43,"##2":44,"A":45,"##A":46,"N":47,"\#
    ##N":48,"Z":49,"##Z":50,"X":51,"##X":52,"(":53,"##(":54,"c":55,"##c":56,")":57,"##)":58,"\u30ac":59,"##\u30ac":6\#
    0,"\u6771":61,"##\u6771":62,"\u4eac":63,"##\u4eac":64,"\u00fc":65,"##\u00fc":66,"s":67,"##s":68,"r":69,"##r":70,\#
    "d":71,"##d":72,"g":73,"##g":74,"l":75,"##l":76,"i":77,"##i":78,"t":79,"##t":80,"n":81,"##n":82,"h":83,"##h":84,\#
    "o":85,"##o":86,"w":87,"##w":88,"k":89,"##k":90,"m":91,"##m":92,"\u0301":93,"##\u0301":94,"<":95,"##<":96,">":97\#
    ,"##>":98,"/":99,"##/":100,".":101,"##.":102,",":103,"##,":104,"\u2044":105,"##\u2044":106,"bb":107,"##bb":108,"\#
    ss":109,"##ss":110,"tt":111,"##tt":112,"R":113,"##R":114,"\u0131":115,"##\u0131":116,"i\u0307":117,"##i\u0307":1\#
    18,"\u03c3":119,"##\u03c3":120,"\u00e4":121,"##\u00e4":122,"\u1112\u1161\u11ab":123,"##\u1112\u1161\u11ab":124,"\#
    \u1100\u1173\u11af":125,"##\u1100\u1173\u11af":126,"=":127,"##=":128,";":129,"##;":130,"`":131,"##`":132,"!":133\#
    ,"##!":134,"'":135,"##'":136,"[":137,"##[":138,"]":139,"##]":140,"#":141,"###":142,"don":143,"##don":144,"Lanter\#
    n":145,"##Lantern":146,"RED":147,"##RED":148,"\u4e00":149,"##\u4e00":150,"\ud86e\udd20":151,"##\ud86e\udd20":152\#
    ,"\u8c48":153,"##\u8c48":154,"\u08d4\u302e":155,"##\u08d4\u302e":156,"\ud834\udd57\ud834\udd65\ud834\udd65":157,\#
    "##\ud834\udd57\ud834\udd65\ud834\udd65":158,"uber":159,"##uber":160,"\u0378":161,"##\u0378":162,"\u00c4":163,"#\#
    #\u00c4":164,"-":165,"##-":166}}}
    """#

  static let accentsCases = #"""
    [["",[2,3]],[" ",[2,3]],["\u2260  . \r\n <mask> c\u2044\ud83c\udde6\ud83c\udde7 \u00ada",[2,1,101,95,7,97,1,1,3]\#
    ],["\u000b ! un\u2044 \u0000Te\u0301t \u00dcberR",[2,133,29,106,1,65,14,16,70,70,3]],["A\u03a3 R",[2,9,120,69,3]\#
    ],["\u2460\u3000r a m\u00a9\u200d\u2122",[2,1,69,9,1,3]],["Tc)s",[2,79,56,57,67,3]],["\u4eac \u0000k n\u0e33 ) "\#
    ,[2,63,1,1,57,3]],["\u2044\r\n n1xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\#
    xxxxxxxxxxxxxxxxxxxxxx bags\u0301t\u0301\u0000\u2460 \u1fef",[2,105,1,1,1,3]],["Rred \u0000d i c)\u0301 ",[2,69,\#
    20,1,77,55,57,93,3]],["known\u000b",[2,31,3]],["\u0301 \u037e \u00fc\ud86e\udc20\ufb01 TZ\u0301 NwK\ufb01 ",[2,9\#
    3,1,1,1,1,3]],["ss\u0915\u094d\u0924\u0301",[2,1,3]],["\t",[2,3]],["\u2028\u2260  T/lLanterns c.> > mask k",[2,1\#
    ,79,99,75,28,68,55,101,97,97,7,89,3]],["\n [MASK] \u00adX\u200d\u302e\u08d4Z \u0378o",[2,4,1,161,86,3]],["\u00a9\#
    REDLanterns]\u00bd.",[2,1,139,1,101,3]],["\ud83c\udde6\ud83c\udde7 [MASK]",[2,1,4,3]],["\t[CLS] <mask> \u00a9\u2\#
    00d\u2122 light\u000b\ud834\udd5e\ud834\udd65cl\u302e\u08d4abfi ",[2,2,95,7,97,1,25,1,3]],["b\u3000 \u30ac\u2028\#
    \ud86e\udc20 n\u00c4##s",[2,13,59,1,81,122,141,141,67,3]],["\u200d mask\ud86e\udd20 <mask>\u00c4<s> \u00a0\ud834\#
    \udd5e\ud834\udd65TM \ufffd##s i",[2,1,7,152,95,7,97,121,95,67,97,1,1,141,141,67,77,3]],["\uf900\u00a9<s>\u00fc \#
    ",[2,1,95,67,97,65,3]],["\u200dt\u0301tbags, n [CLS]\u3000\u4e00un \u0301",[2,1,103,81,2,149,30,93,3]],["\ufffd<\#
    s>\ud83c\udffb [CLS] \u302e\u08d4 r \u0085\u200d \ud86e\udc20\u037e ",[2,1,95,67,97,1,2,1,69,1,1,1,3]]]
    """#

  static let xlm = #"""
    {"version":"1.0","truncation":null,"padding":null,"added_tokens":[{"id":0,"content":"<s>","single_word":false,"l\#
    strip":false,"rstrip":false,"normalized":false,"special":true},{"id":1,"content":"<pad>","single_word":false,"ls\#
    trip":false,"rstrip":false,"normalized":false,"special":true},{"id":2,"content":"</s>","single_word":false,"lstr\#
    ip":false,"rstrip":false,"normalized":false,"special":true},{"id":3,"content":"<unk>","single_word":false,"lstri\#
    p":false,"rstrip":false,"normalized":false,"special":true},{"id":112,"content":"<mask>","single_word":false,"lst\#
    rip":true,"rstrip":false,"normalized":false,"special":true}],"normalizer":{"type":"Precompiled","precompiled_cha\#
    rsmap":"AAQAAAAwAAANDQAAHwAAgAEAAIBiBQAAJgAAgMwAAgCBOQAACi0AACoAAIDMAAIAgRkAAL0NAAARAACAAwAAgAkAAICpCQAAoEkAAC0A\#
    AICAHQAAGgAAgBwAAICkUAIAlTkAAKlZAAAYAACAMgAAgIEdAAAhAACAAAAAgID5AACEBAIAEwAAgIA4AgCNBQAAKAAAgCMAAICEgAIApPEAAKIN\#
    AACgBQAABwAAgIAEAgCAoQAAsAQCAIA8AwDMAAIAgXkAAJHgAgAVAACAgQUAAC8AAIChBQAADwAAgLYFAAA0AACAngkAAL58AgA4AACAOgAAAD0A\#
    AAA8AAAAvI0AAD4AAACszAMAQAAAAEMAAABCAAAARQAAAEQAAABHAAAARgAAAEkAAABIAAAASwAAAEoAAABNAAAATAAAAE8AAABOAAAAvBQDAL1E\#
    AwBTAAAAUgAAAFUAAABUAAAAVwAAAFYAAABZAAAAWAAAAFsAAABaAAAAXQAAAFwAAABfAAAAXgAAAGEAAABgAAAAYwAAAGIAAABlAAAAZAAAAGcA\#
    AABmAAAAaQAAAGW8AgBrAAAAagAAAG0AAABhLAAAYpACAG4AAABxAAAAcAAAAHMAAAByAAAAdQAAAGGBAQB3AAAAdgAAAHkAAAB4AAAAewAAAHoA\#
    AAB9AAAAfAAAAH8AAAB+AAAAgQAAAIAAAACDAAAAggAAAIUAAACEAAAAhwAAAIYAAACJAAAAiAAAAIsAAACKAAAAjQAAAIwAAACPAAAAjgAAAJEA\#
    AACQAAAAkwAAAJIAAACVAAAAlAAAAJcAAACWAAAAmQAAAJgAAACbAAAAmgAAAJ0AAACcAAAAnwAAAJ4AAAChAAAAoAAAAKMAAACiAAAApQAAAKQA\#
    AACnAAAApgAAAKkAAACoAAAAqwAAAKoAAACtAAAArAAAAK8AAACuAAAAsQAAALAAAACzAAAAsgAAALUAAAC0AAAAtwAAALYAAAC5AAAAuAAAALsA\#
    AAC6AAAAvQAAALwAAAC/AAAAvgAAAMEAAADAAAAAwwAAAMIAAADFAAAAxAAAAMcAAADGAAAAyQAAAMgAAADLAAAAygAAAM0AAADMAAAAwvwBAMPY\#
    AQDRAAAA0AAAANMAAADSAAAA2BwBANQAAADMMAEA1gAAAO98AQDYAAAA2wAAANoAAADdAAAA3AAAAN8AAADeAAAA4QAAAOAAAADjAAAA7zwAAOUA\#
    AADkAAAA6ugBAOYAAADpAAAA6AAAAOsAAADqAAAA4HgBAOHYAQDiPAEA4xQBAPEAAADwAAAA8wAAAPIAAAD1AAAA9AAAAPcAAAD2AAAA+QAAAPgA\#
    AAD7AAAA+gAAAP0AAAD8AAAA/wAAAP4AAAAAIAAoYykAMQAx4oGEMgBBAEUARwBHQQBLAE4ATkEAUgBUAFRNAFgAWgBiYgBlAGZpAHQA44KrAOOC\#
    rAA="},"pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"WhitespaceSplit"},{"type":"Metaspace","repla\#
    cement":"\u2581","str_rep":"\u2581","add_prefix_space":true}]},"post_processor":{"type":"TemplateProcessing","si\#
    ngle":[{"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"</s>\#
    ","type_id":0}}],"pair":[{"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}},{"Special\#
    Token":{"id":"</s>","type_id":0}},{"Sequence":{"id":"B","type_id":1}}],"special_tokens":{"<s>":{"id":"<s>","ids"\#
    :[0],"tokens":["<s>"]},"</s>":{"id":"</s>","ids":[2],"tokens":["</s>"]}}},"decoder":null,"model":{"type":"Unigra\#
    m","unk_id":3,"vocab":[["<s>",0.0],["<pad>",0.0],["</s>",0.0],["<unk>",0.0],["\u2581",-2.5],["the",-3.467],["\u2\#
    581the",-6.848],["mask",-10.72],["\u2581mask",-4.412],["a",-5.5],["\u2581a",-10.672],["ab",-8.611],["\u2581ab",-\#
    12.314],["b",-6.176],["\u2581b",-12.28],["e",-6.689],["\u2581e",-12.983],["fi",-3.671],["\u2581fi",-12.478],["re\#
    d",-4.461],["\u2581red",-1.353],["bag",-5.482],["\u2581bag",-5.312],["bags",-10.97],["\u2581bags",-9.97],["light\#
    ",-12.162],["\u2581light",-7.235],["lantern",-1.171],["\u2581lantern",-8.549],["un",-2.789],["\u2581un",-1.25],[\#
    "known",-12.401],["\u2581known",-1.023],["K",-12.804],["\u2581K",-10.518],["T",-5.259],["\u2581T",-12.588],["GA"\#
    ,-5.354],["\u2581GA",-7.632],["TM",-6.882],["\u2581TM",-3.865],["1",-4.322],["\u25811",-11.853],["2",-11.026],["\#
    \u25812",-8.242],["A",-10.735],["\u2581A",-6.4],["N",-4.141],["\u2581N",-9.064],["Z",-6.983],["\u2581Z",-9.675],\#
    ["X",-5.074],["\u2581X",-1.352],["(",-1.448],["\u2581(",-12.952],["c",-2.987],["\u2581c",-10.137],[")",-7.765],[\#
    "\u2581)",-12.442],["\u30ac",-9.924],["\u2581\u30ac",-11.097],["\u6771",-5.949],["\u2581\u6771",-10.007],["\u4ea\#
    c",-5.049],["\u2581\u4eac",-2.605],["\u00fc",-1.199],["\u2581\u00fc",-1.544],["s",-6.83],["\u2581s",-1.725],["r"\#
    ,-10.796],["\u2581r",-6.521],["d",-7.254],["\u2581d",-10.056],["g",-11.322],["\u2581g",-12.73],["l",-7.183],["\u\#
    2581l",-5.453],["i",-8.586],["\u2581i",-4.525],["t",-1.885],["\u2581t",-2.675],["n",-10.986],["\u2581n",-2.219],\#
    ["\u2581h",-10.29],["\u2581o",-6.329],["w",-4.341],["\u2581w",-4.067],["k",-4.396],["\u2581k",-7.358],["m",-7.92\#
    7],["\u2581m",-2.676],["\u0301",-1.453],["<",-6.827],["\u2581<",-3.766],[">",-6.507],["\u2581>",-8.026],["/",-4.\#
    281],["\u2581/",-4.798],[".",-8.173],["\u2581.",-2.393],[",",-2.503],["\u2581,",-10.426],["\u2044",-10.045],["\u\#
    2581\u2044",-4.212],["bb",-6.222],["\u2581bb",-1.91],["ss",-1.404],["\u2581ss",-6.844],["tt",-10.031],["\u2581tt\#
    ",-10.919],["R",-6.374],["\u2581R",-4.737]],"byte_fallback":false}}
    """#

  static let xlmCases = #"""
    [["",[0,2]],[" ",[0,2]],["Lanternslantern bags\u1fef",[0,4,3,9,81,79,15,69,81,67,27,24,3,2]],["\u00adc\u00ad\u09\#
    15\u094d\u0924\u0301 dZ\u2460",[0,4,3,55,3,33,3,79,91,4,71,49,41,2]],["\ud55c\uae00 T/ ( \ud834\udd5e\ud834\udd6\#
    5the<s>\t ",[0,4,3,4,35,96,4,53,4,3,5,0,2]],["\u0378 ",[0,4,3,2]],["\u1fefZ [CLS] \u0924\u0301h  ",[0,4,3,49,4,3\#
    ,80,3,2]],["bag\u00a9\u200d\u2122> bags",[0,22,53,55,57,49,39,94,24,2]],["Z",[0,4,49,2]],["AunLanterns\u0600a  \\#
    u3000 \u200dmask ",[0,46,29,3,9,81,79,15,69,81,67,47,4,49,7,2]],["\ud55c\uae001 i s",[0,4,3,41,78,68,2]],["xxxxx\#
    xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\u0600a2R \u00c4\#
    redbb\ud83c\udde6\ud83c\udde7 \u2260 lighttt>mask",[0,4,3,47,43,110,4,3,19,104,3,4,3,26,79,79,94,7,2]],["!ss e\u\#
    03a3\uf900\u0130Lanternse/R \u0301\u1734\u4eac ",[0,4,3,106,4,15,3,9,81,79,15,69,81,67,15,96,110,4,91,3,63,2]],[\#
    "< \u4eac xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx/\#
     <\u00bd\u4eac\u0085 the\ud83c\udffb",[0,93,64,4,3,96,93,41,102,43,63,4,5,3,2]],["dTM [\uf900 \u00e9\u0085\ud86e\#
    \udd20\u0e33",[0,4,71,39,4,3,4,15,4,3,2]],["\uf900 \u2044)\ud83c\udffb) \u1100\uac00\u0301\u4e00",[0,4,3,103,57,\#
    3,57,4,3,91,3,2]],["n \u302e\u08d4 . \u0915\u094d\u0924\u03012 ",[0,82,4,3,99,34,3,79,91,43,2]],["\u00a0i\u0085 \#
    \uf900\ufffd( ",[0,78,4,3,53,2]],["\u4e00\ud83c\udffb\ud83c\udffb \u30ac \u4eac[ ds \u0000\ud86e\udc20\u3000 a "\#
    ,[0,4,3,60,64,3,4,71,67,4,3,4,9,2]],["ss\u0378 \u00a9 h\uff21GA \u0301r!\u2260 ",[0,4,106,3,4,53,55,57,83,45,37,\#
    4,91,69,3,2]],["d \u00fc\ud55c\uae00 \uf900lightxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\#
    xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxmask ",[0,4,71,66,3,4,3,25,3,7,2]],["\t\u0915\u094d\u0924\u0301<mask>\uff21\#
    oxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx< \u000b b\#
    bMASKbags ",[0,34,3,79,91,112,46,3,92,105,3,45,3,33,23,2]],["<s> K\u00a9\u00dcber\u00e9 ",[0,0,34,53,55,57,3,13,\#
    15,69,15,2]],["l \u4e00\u0600a \u2460##sfi",[0,76,4,3,47,4,41,3,67,17,2]]]
    """#

  static let bytes = #"""
    {"version":"1.0","truncation":null,"padding":null,"added_tokens":[{"id":0,"content":"<s>","single_word":false,"l\#
    strip":false,"rstrip":false,"normalized":false,"special":true},{"id":1,"content":"<pad>","single_word":false,"ls\#
    trip":false,"rstrip":false,"normalized":false,"special":true},{"id":2,"content":"</s>","single_word":false,"lstr\#
    ip":false,"rstrip":false,"normalized":false,"special":true},{"id":3,"content":"<unk>","single_word":false,"lstri\#
    p":false,"rstrip":false,"normalized":false,"special":true},{"id":368,"content":"<mask>","single_word":false,"lst\#
    rip":true,"rstrip":false,"normalized":false,"special":true}],"normalizer":{"type":"Precompiled","precompiled_cha\#
    rsmap":"AAQAAAAwAAANDQAAHwAAgAEAAIBiBQAAJgAAgMwAAgCBOQAACi0AACoAAIDMAAIAgRkAAL0NAAARAACAAwAAgAkAAICpCQAAoEkAAC0A\#
    AICAHQAAGgAAgBwAAICkUAIAlTkAAKlZAAAYAACAMgAAgIEdAAAhAACAAAAAgID5AACEBAIAEwAAgIA4AgCNBQAAKAAAgCMAAICEgAIApPEAAKIN\#
    AACgBQAABwAAgIAEAgCAoQAAsAQCAIA8AwDMAAIAgXkAAJHgAgAVAACAgQUAAC8AAIChBQAADwAAgLYFAAA0AACAngkAAL58AgA4AACAOgAAAD0A\#
    AAA8AAAAvI0AAD4AAACszAMAQAAAAEMAAABCAAAARQAAAEQAAABHAAAARgAAAEkAAABIAAAASwAAAEoAAABNAAAATAAAAE8AAABOAAAAvBQDAL1E\#
    AwBTAAAAUgAAAFUAAABUAAAAVwAAAFYAAABZAAAAWAAAAFsAAABaAAAAXQAAAFwAAABfAAAAXgAAAGEAAABgAAAAYwAAAGIAAABlAAAAZAAAAGcA\#
    AABmAAAAaQAAAGW8AgBrAAAAagAAAG0AAABhLAAAYpACAG4AAABxAAAAcAAAAHMAAAByAAAAdQAAAGGBAQB3AAAAdgAAAHkAAAB4AAAAewAAAHoA\#
    AAB9AAAAfAAAAH8AAAB+AAAAgQAAAIAAAACDAAAAggAAAIUAAACEAAAAhwAAAIYAAACJAAAAiAAAAIsAAACKAAAAjQAAAIwAAACPAAAAjgAAAJEA\#
    AACQAAAAkwAAAJIAAACVAAAAlAAAAJcAAACWAAAAmQAAAJgAAACbAAAAmgAAAJ0AAACcAAAAnwAAAJ4AAAChAAAAoAAAAKMAAACiAAAApQAAAKQA\#
    AACnAAAApgAAAKkAAACoAAAAqwAAAKoAAACtAAAArAAAAK8AAACuAAAAsQAAALAAAACzAAAAsgAAALUAAAC0AAAAtwAAALYAAAC5AAAAuAAAALsA\#
    AAC6AAAAvQAAALwAAAC/AAAAvgAAAMEAAADAAAAAwwAAAMIAAADFAAAAxAAAAMcAAADGAAAAyQAAAMgAAADLAAAAygAAAM0AAADMAAAAwvwBAMPY\#
    AQDRAAAA0AAAANMAAADSAAAA2BwBANQAAADMMAEA1gAAAO98AQDYAAAA2wAAANoAAADdAAAA3AAAAN8AAADeAAAA4QAAAOAAAADjAAAA7zwAAOUA\#
    AADkAAAA6ugBAOYAAADpAAAA6AAAAOsAAADqAAAA4HgBAOHYAQDiPAEA4xQBAPEAAADwAAAA8wAAAPIAAAD1AAAA9AAAAPcAAAD2AAAA+QAAAPgA\#
    AAD7AAAA+gAAAP0AAAD8AAAA/wAAAP4AAAAAIAAoYykAMQAx4oGEMgBBAEUARwBHQQBLAE4ATkEAUgBUAFRNAFgAWgBiYgBlAGZpAHQA44KrAOOC\#
    rAA="},"pre_tokenizer":{"type":"Metaspace","replacement":"\u2581","prepend_scheme":"first","split":false},"post_\#
    processor":{"type":"RobertaProcessing","sep":["</s>",2],"cls":["<s>",0],"trim_offsets":true,"add_prefix_space":t\#
    rue},"decoder":null,"model":{"type":"Unigram","unk_id":3,"vocab":[["<s>",0.0],["<pad>",0.0],["</s>",0.0],["<unk>\#
    ",0.0],["\u2581",-2.5],["the",-5.15],["\u2581the",-8.846],["mask",-12.298],["\u2581mask",-5.759],["a",-1.592],["\#
    \u2581a",-3.571],["ab",-1.455],["\u2581ab",-4.801],["b",-8.327],["\u2581b",-7.662],["e",-1.427],["\u2581e",-6.00\#
    8],["fi",-5.96],["\u2581fi",-11.792],["red",-6.942],["\u2581red",-12.481],["bag",-9.85],["\u2581bag",-9.378],["b\#
    ags",-2.382],["\u2581bags",-8.587],["light",-2.483],["\u2581light",-11.064],["lantern",-11.567],["\u2581lantern"\#
    ,-12.306],["un",-12.692],["\u2581un",-9.305],["known",-6.175],["\u2581known",-12.808],["K",-6.541],["\u2581K",-4\#
    .473],["T",-7.714],["\u2581T",-3.096],["GA",-6.839],["\u2581GA",-3.017],["TM",-2.799],["\u2581TM",-9.466],["1",-\#
    9.28],["\u25811",-6.608],["2",-5.771],["\u25812",-1.102],["A",-5.701],["\u2581A",-3.164],["N",-8.519],["\u2581N"\#
    ,-4.732],["Z",-8.784],["\u2581Z",-2.569],["X",-2.761],["\u2581X",-7.289],["(",-2.824],["\u2581(",-3.571],["c",-1\#
    0.345],["\u2581c",-6.199],[")",-3.181],["\u2581)",-1.316],["\u30ac",-2.254],["\u2581\u30ac",-2.381],["\u6771",-4\#
    .54],["\u2581\u6771",-5.603],["\u4eac",-12.255],["\u2581\u4eac",-8.244],["\u00fc",-12.215],["\u2581\u00fc",-1.08\#
    9],["s",-5.451],["\u2581s",-2.71],["r",-6.741],["\u2581r",-1.772],["d",-7.552],["\u2581d",-11.74],["g",-2.246],[\#
    "\u2581g",-11.162],["l",-6.673],["\u2581l",-9.873],["i",-7.371],["\u2581i",-11.249],["t",-6.309],["\u2581t",-5.8\#
    89],["n",-7.456],["\u2581n",-4.664],["\u2581h",-2.789],["\u2581o",-6.475],["w",-5.607],["\u2581w",-10.079],["k",\#
    -4.547],["\u2581k",-9.996],["m",-9.971],["\u2581m",-4.609],["\u0301",-11.305],["<",-12.508],["\u2581<",-4.803],[\#
    ">",-11.079],["\u2581>",-2.565],["/",-8.243],["\u2581/",-1.683],[".",-8.373],["\u2581.",-3.135],[",",-7.881],["\\#
    u2581,",-2.896],["\u2044",-2.47],["\u2581\u2044",-5.841],["bb",-7.827],["\u2581bb",-5.49],["ss",-9.364],["\u2581\#
    ss",-4.302],["tt",-6.561],["\u2581tt",-7.971],["R",-4.91],["\u2581R",-8.086],["<0x00>",-20.0],["<0x01>",-20.0],[\#
    "<0x02>",-20.0],["<0x03>",-20.0],["<0x04>",-20.0],["<0x05>",-20.0],["<0x06>",-20.0],["<0x07>",-20.0],["<0x08>",-\#
    20.0],["<0x09>",-20.0],["<0x0A>",-20.0],["<0x0B>",-20.0],["<0x0C>",-20.0],["<0x0D>",-20.0],["<0x0E>",-20.0],["<0\#
    x0F>",-20.0],["<0x10>",-20.0],["<0x11>",-20.0],["<0x12>",-20.0],["<0x13>",-20.0],["<0x14>",-20.0],["<0x15>",-20.\#
    0],["<0x16>",-20.0],["<0x17>",-20.0],["<0x18>",-20.0],["<0x19>",-20.0],["<0x1A>",-20.0],["<0x1B>",-20.0],["<0x1C\#
    >",-20.0],["<0x1D>",-20.0],["<0x1E>",-20.0],["<0x1F>",-20.0],["<0x20>",-20.0],["<0x21>",-20.0],["<0x22>",-20.0],\#
    ["<0x23>",-20.0],["<0x24>",-20.0],["<0x25>",-20.0],["<0x26>",-20.0],["<0x27>",-20.0],["<0x28>",-20.0],["<0x29>",\#
    -20.0],["<0x2A>",-20.0],["<0x2B>",-20.0],["<0x2C>",-20.0],["<0x2D>",-20.0],["<0x2E>",-20.0],["<0x2F>",-20.0],["<\#
    0x30>",-20.0],["<0x31>",-20.0],["<0x32>",-20.0],["<0x33>",-20.0],["<0x34>",-20.0],["<0x35>",-20.0],["<0x36>",-20\#
    .0],["<0x37>",-20.0],["<0x38>",-20.0],["<0x39>",-20.0],["<0x3A>",-20.0],["<0x3B>",-20.0],["<0x3C>",-20.0],["<0x3\#
    D>",-20.0],["<0x3E>",-20.0],["<0x3F>",-20.0],["<0x40>",-20.0],["<0x41>",-20.0],["<0x42>",-20.0],["<0x43>",-20.0]\#
    ,["<0x44>",-20.0],["<0x45>",-20.0],["<0x46>",-20.0],["<0x47>",-20.0],["<0x48>",-20.0],["<0x49>",-20.0],["<0x4A>"\#
    ,-20.0],["<0x4B>",-20.0],["<0x4C>",-20.0],["<0x4D>",-20.0],["<0x4E>",-20.0],["<0x4F>",-20.0],["<0x50>",-20.0],["\#
    <0x51>",-20.0],["<0x52>",-20.0],["<0x53>",-20.0],["<0x54>",-20.0],["<0x55>",-20.0],["<0x56>",-20.0],["<0x57>",-2\#
    0.0],["<0x58>",-20.0],["<0x59>",-20.0],["<0x5A>",-20.0],["<0x5B>",-20.0],["<0x5C>",-20.0],["<0x5D>",-20.0],["<0x\#
    5E>",-20.0],["<0x5F>",-20.0],["<0x60>",-20.0],["<0x61>",-20.0],["<0x62>",-20.0],["<0x63>",-20.0],["<0x64>",-20.0\#
    ],["<0x65>",-20.0],["<0x66>",-20.0],["<0x67>",-20.0],["<0x68>",-20.0],["<0x69>",-20.0],["<0x6A>",-20.0],["<0x6B>\#
    ",-20.0],["<0x6C>",-20.0],["<0x6D>",-20.0],["<0x6E>",-20.0],["<0x6F>",-20.0],["<0x70>",-20.0],["<0x71>",-20.0],[\#
    "<0x72>",-20.0],["<0x73>",-20.0],["<0x74>",-20.0],["<0x75>",-20.0],["<0x76>",-20.0],["<0x77>",-20.0],["<0x78>",-\#
    20.0],["<0x79>",-20.0],["<0x7A>",-20.0],["<0x7B>",-20.0],["<0x7C>",-20.0],["<0x7D>",-20.0],["<0x7E>",-20.0],["<0\#
    x7F>",-20.0],["<0x80>",-20.0],["<0x81>",-20.0],["<0x82>",-20.0],["<0x83>",-20.0],["<0x84>",-20.0],["<0x85>",-20.\#
    0],["<0x86>",-20.0],["<0x87>",-20.0],["<0x88>",-20.0],["<0x89>",-20.0],["<0x8A>",-20.0],["<0x8B>",-20.0],["<0x8C\#
    >",-20.0],["<0x8D>",-20.0],["<0x8E>",-20.0],["<0x8F>",-20.0],["<0x90>",-20.0],["<0x91>",-20.0],["<0x92>",-20.0],\#
    ["<0x93>",-20.0],["<0x94>",-20.0],["<0x95>",-20.0],["<0x96>",-20.0],["<0x97>",-20.0],["<0x98>",-20.0],["<0x99>",\#
    -20.0],["<0x9A>",-20.0],["<0x9B>",-20.0],["<0x9C>",-20.0],["<0x9D>",-20.0],["<0x9E>",-20.0],["<0x9F>",-20.0],["<\#
    0xA0>",-20.0],["<0xA1>",-20.0],["<0xA2>",-20.0],["<0xA3>",-20.0],["<0xA4>",-20.0],["<0xA5>",-20.0],["<0xA6>",-20\#
    .0],["<0xA7>",-20.0],["<0xA8>",-20.0],["<0xA9>",-20.0],["<0xAA>",-20.0],["<0xAB>",-20.0],["<0xAC>",-20.0],["<0xA\#
    D>",-20.0],["<0xAE>",-20.0],["<0xAF>",-20.0],["<0xB0>",-20.0],["<0xB1>",-20.0],["<0xB2>",-20.0],["<0xB3>",-20.0]\#
    ,["<0xB4>",-20.0],["<0xB5>",-20.0],["<0xB6>",-20.0],["<0xB7>",-20.0],["<0xB8>",-20.0],["<0xB9>",-20.0],["<0xBA>"\#
    ,-20.0],["<0xBB>",-20.0],["<0xBC>",-20.0],["<0xBD>",-20.0],["<0xBE>",-20.0],["<0xBF>",-20.0],["<0xC0>",-20.0],["\#
    <0xC1>",-20.0],["<0xC2>",-20.0],["<0xC3>",-20.0],["<0xC4>",-20.0],["<0xC5>",-20.0],["<0xC6>",-20.0],["<0xC7>",-2\#
    0.0],["<0xC8>",-20.0],["<0xC9>",-20.0],["<0xCA>",-20.0],["<0xCB>",-20.0],["<0xCC>",-20.0],["<0xCD>",-20.0],["<0x\#
    CE>",-20.0],["<0xCF>",-20.0],["<0xD0>",-20.0],["<0xD1>",-20.0],["<0xD2>",-20.0],["<0xD3>",-20.0],["<0xD4>",-20.0\#
    ],["<0xD5>",-20.0],["<0xD6>",-20.0],["<0xD7>",-20.0],["<0xD8>",-20.0],["<0xD9>",-20.0],["<0xDA>",-20.0],["<0xDB>\#
    ",-20.0],["<0xDC>",-20.0],["<0xDD>",-20.0],["<0xDE>",-20.0],["<0xDF>",-20.0],["<0xE0>",-20.0],["<0xE1>",-20.0],[\#
    "<0xE2>",-20.0],["<0xE3>",-20.0],["<0xE4>",-20.0],["<0xE5>",-20.0],["<0xE6>",-20.0],["<0xE7>",-20.0],["<0xE8>",-\#
    20.0],["<0xE9>",-20.0],["<0xEA>",-20.0],["<0xEB>",-20.0],["<0xEC>",-20.0],["<0xED>",-20.0],["<0xEE>",-20.0],["<0\#
    xEF>",-20.0],["<0xF0>",-20.0],["<0xF1>",-20.0],["<0xF2>",-20.0],["<0xF3>",-20.0],["<0xF4>",-20.0],["<0xF5>",-20.\#
    0],["<0xF6>",-20.0],["<0xF7>",-20.0],["<0xF8>",-20.0],["<0xF9>",-20.0],["<0xFA>",-20.0],["<0xFB>",-20.0],["<0xFC\#
    >",-20.0],["<0xFD>",-20.0],["<0xFE>",-20.0],["<0xFF>",-20.0]],"byte_fallback":true}}
    """#

  static let bytesCases = #"""
    [["",[0,2]],[" ",[0,4,2]],["thec \u6771 \u0378cN \u2260N\r\na",[0,4,5,55,62,4,317,296,55,47,4,338,249,272,47,110\#
    ,9,2]],[")\u1fef\u037eknownlantern bag ",[0,58,337,303,287,317,302,31,27,22,4,2]],["n \u0e33XX\u03a3bags\r\n 2\u\#
    00fc\ud83c\udde6\ud83c\udde7l\u0085 ",[0,82,4,336,296,291,51,51,318,275,23,110,44,65,352,271,247,278,352,271,247\#
    ,279,75,306,245,4,2]],["\u0085",[0,4,306,245,2]],["n <\uff76\uff9eA \uff21[MASK]\u2260]\u00dcberRED",[0,82,93,33\#
    9,242,283,351,302,270,45,46,203,189,45,195,33,205,338,249,272,205,307,268,13,15,69,110,181,180,2]],["]\u00c4\u09\#
    15\u094d\u0924\u0301ablanterns [CLS]T\u00dcber ",[0,4,205,307,244,33,336,277,253,79,91,11,27,67,4,203,179,188,19\#
    5,205,35,307,268,13,15,69,4,2]],["\u1734 \u000b\u6771 \u0085 gGA!ab ,\u0e33\u00a9",[0,4,337,268,292,4,123,61,4,3\#
    06,245,4,73,37,145,11,101,336,296,291,53,55,57,2]],["Nbagsab\u00fcxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\#
    xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\#
    xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx  [CLS]bags!\u00e9 red",[0,48,23,11,65,232,232,232,232,232,232,232,\#
    232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,\#
    232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,\#
    232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,\#
    232,232,232,232,232,232,232,232,232,232,4,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,23\#
    2,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,23\#
    2,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,23\#
    2,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,4,\#
    4,203,179,188,195,205,23,145,15,4,19,2]],["obagdab\u0130 \uff21",[0,84,21,71,11,308,288,46,2]],["the\u00adfimLan\#
    terns <\ud83c\udffb bag\u1fef n \ud86e\udc20 ",[0,4,5,306,285,17,89,188,9,81,79,15,69,81,67,93,352,271,255,299,2\#
    2,337,303,287,82,4,352,283,272,272,4,2]],["2r\u03a3 \u30ac\ud834\udd5e\ud834\udd65 lanternh",[0,44,69,318,275,60\#
    ,352,269,245,270,352,269,245,277,28,216,2]],["[ \u0301 \ud86e\udd20\u0130(\u00a0 \u0600aMASK \uff76\uff9e\u0378 \#
    ",[0,4,203,4,91,4,352,283,276,272,308,288,53,4,48,189,45,195,33,4,339,242,283,351,302,270,317,296,4,2]],["1\u202\#
    8 \u2460 \u0924\u0301\u00fc\r\n/ \u2028\u00e9\ud86e\udc20\u3000 n\u200d",[0,42,338,240,280,42,80,65,110,96,4,338\#
    ,240,280,15,352,283,272,272,4,82,49,2]],["n\u00ad \u00bd olight\u00bdd MASKun[CLS] \u00ad ##sA",[0,82,306,285,42\#
    ,102,43,84,25,41,102,43,71,4,189,45,195,33,29,203,179,188,195,205,4,306,285,4,147,147,67,45,2]],[". \n\u2028n\u1\#
    734 i \u1fefbags\u00e9\u200b",[0,99,4,122,338,240,280,81,337,268,292,4,77,4,337,303,287,23,15,338,240,251,2]],["\#
      ",[0,4,4,2]],[", !##s\u1fef2.[MASK]s\u0e33 ",[0,101,4,145,147,147,67,337,303,287,43,98,203,189,45,195,33,205,6\#
    7,336,296,291,4,2]],["Z /\ud55c\uae00 < \u0378 \u2460\u2460h\uff76\uff9e\ud83c\udffb l",[0,50,97,349,261,268,346\#
    ,296,240,93,4,317,296,42,41,216,339,242,283,351,302,270,352,271,255,299,4,75,2]],["\ud86e\udd20)\u00ad \u0000]th\#
    e",[0,4,352,283,276,272,57,306,285,4,112,205,5,2]],["xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\#
    xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\u0600abag\u2460",[0,4,232,232,232,232,232,232,232,232,232,232,232,232\#
    ,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232\#
    ,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232\#
    ,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232,232\#
    ,232,232,232,232,232,47,21,41,2]],[".",[0,99,2]],["[MASK] TM bb2\ud86e\udd20 ",[0,4,203,189,45,195,33,205,4,39,1\#
    05,43,352,283,276,272,4,2]]]
    """#

  static let steps = #"""
    {"version":"1.0","truncation":null,"padding":null,"added_tokens":[{"id":0,"content":"<s>","single_word":false,"l\#
    strip":false,"rstrip":false,"normalized":false,"special":true},{"id":1,"content":"<pad>","single_word":false,"ls\#
    trip":false,"rstrip":false,"normalized":false,"special":true},{"id":2,"content":"</s>","single_word":false,"lstr\#
    ip":false,"rstrip":false,"normalized":false,"special":true},{"id":3,"content":"<unk>","single_word":false,"lstri\#
    p":false,"rstrip":false,"normalized":false,"special":true},{"id":112,"content":"MASK","single_word":false,"lstri\#
    p":false,"rstrip":false,"normalized":true,"special":false},{"id":113,"content":"[CLS]","single_word":false,"lstr\#
    ip":false,"rstrip":true,"normalized":false,"special":true},{"id":114,"content":"<mask>","single_word":false,"lst\#
    rip":true,"rstrip":true,"normalized":false,"special":true}],"normalizer":{"type":"Sequence","normalizers":[{"typ\#
    e":"Strip","strip_left":true,"strip_right":true},{"type":"Replace","pattern":{"Regex":" {2,}"},"content":" "},{"\#
    type":"Precompiled","precompiled_charsmap":"AAQAAAAwAAANDQAAHwAAgAEAAIBiBQAAJgAAgMwAAgCBOQAACi0AACoAAIDMAAIAgRkA\#
    AL0NAAARAACAAwAAgAkAAICpCQAAoEkAAC0AAICAHQAAGgAAgBwAAICkUAIAlTkAAKlZAAAYAACAMgAAgIEdAAAhAACAAAAAgID5AACEBAIAEwAA\#
    gIA4AgCNBQAAKAAAgCMAAICEgAIApPEAAKINAACgBQAABwAAgIAEAgCAoQAAsAQCAIA8AwDMAAIAgXkAAJHgAgAVAACAgQUAAC8AAIChBQAADwAA\#
    gLYFAAA0AACAngkAAL58AgA4AACAOgAAAD0AAAA8AAAAvI0AAD4AAACszAMAQAAAAEMAAABCAAAARQAAAEQAAABHAAAARgAAAEkAAABIAAAASwAA\#
    AEoAAABNAAAATAAAAE8AAABOAAAAvBQDAL1EAwBTAAAAUgAAAFUAAABUAAAAVwAAAFYAAABZAAAAWAAAAFsAAABaAAAAXQAAAFwAAABfAAAAXgAA\#
    AGEAAABgAAAAYwAAAGIAAABlAAAAZAAAAGcAAABmAAAAaQAAAGW8AgBrAAAAagAAAG0AAABhLAAAYpACAG4AAABxAAAAcAAAAHMAAAByAAAAdQAA\#
    AGGBAQB3AAAAdgAAAHkAAAB4AAAAewAAAHoAAAB9AAAAfAAAAH8AAAB+AAAAgQAAAIAAAACDAAAAggAAAIUAAACEAAAAhwAAAIYAAACJAAAAiAAA\#
    AIsAAACKAAAAjQAAAIwAAACPAAAAjgAAAJEAAACQAAAAkwAAAJIAAACVAAAAlAAAAJcAAACWAAAAmQAAAJgAAACbAAAAmgAAAJ0AAACcAAAAnwAA\#
    AJ4AAAChAAAAoAAAAKMAAACiAAAApQAAAKQAAACnAAAApgAAAKkAAACoAAAAqwAAAKoAAACtAAAArAAAAK8AAACuAAAAsQAAALAAAACzAAAAsgAA\#
    ALUAAAC0AAAAtwAAALYAAAC5AAAAuAAAALsAAAC6AAAAvQAAALwAAAC/AAAAvgAAAMEAAADAAAAAwwAAAMIAAADFAAAAxAAAAMcAAADGAAAAyQAA\#
    AMgAAADLAAAAygAAAM0AAADMAAAAwvwBAMPYAQDRAAAA0AAAANMAAADSAAAA2BwBANQAAADMMAEA1gAAAO98AQDYAAAA2wAAANoAAADdAAAA3AAA\#
    AN8AAADeAAAA4QAAAOAAAADjAAAA7zwAAOUAAADkAAAA6ugBAOYAAADpAAAA6AAAAOsAAADqAAAA4HgBAOHYAQDiPAEA4xQBAPEAAADwAAAA8wAA\#
    APIAAAD1AAAA9AAAAPcAAAD2AAAA+QAAAPgAAAD7AAAA+gAAAP0AAAD8AAAA/wAAAP4AAAAAIAAoYykAMQAx4oGEMgBBAEUARwBHQQBLAE4ATkEA\#
    UgBUAFRNAFgAWgBiYgBlAGZpAHQA44KrAOOCrAA="},{"type":"Lowercase"},{"type":"Replace","pattern":{"String":"red"},"co\#
    ntent":"bag "},{"type":"Prepend","prepend":"un"}]},"pre_tokenizer":{"type":"Metaspace","replacement":"\u2581","p\#
    repend_scheme":"always","split":true},"post_processor":{"type":"TemplateProcessing","single":[{"SpecialToken":{"\#
    id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"</s>","type_id":0}}],"pair":[\#
    {"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"</s>","type\#
    _id":0}},{"Sequence":{"id":"B","type_id":1}}],"special_tokens":{"<s>":{"id":"<s>","ids":[0],"tokens":["<s>"]},"<\#
    /s>":{"id":"</s>","ids":[2],"tokens":["</s>"]}}},"decoder":null,"model":{"type":"Unigram","unk_id":3,"vocab":[["\#
    <s>",0.0],["<pad>",0.0],["</s>",0.0],["<unk>",0.0],["\u2581",-2.5],["the",-3.622],["\u2581the",-6.475],["mask",-\#
    7.764],["\u2581mask",-8.641],["a",-8.093],["\u2581a",-9.43],["ab",-10.252],["\u2581ab",-9.678],["b",-5.128],["\u\#
    2581b",-9.285],["e",-5.096],["\u2581e",-12.713],["fi",-4.571],["\u2581fi",-3.188],["red",-8.225],["\u2581red",-3\#
    .656],["bag",-12.945],["\u2581bag",-9.746],["bags",-3.983],["\u2581bags",-6.217],["light",-4.202],["\u2581light"\#
    ,-2.558],["lantern",-5.014],["\u2581lantern",-10.464],["un",-3.111],["\u2581un",-8.444],["known",-7.254],["\u258\#
    1known",-12.935],["K",-1.619],["\u2581K",-6.009],["T",-7.598],["\u2581T",-8.327],["GA",-4.494],["\u2581GA",-3.83\#
    7],["TM",-5.58],["\u2581TM",-3.535],["1",-1.898],["\u25811",-7.168],["2",-1.664],["\u25812",-6.929],["A",-2.412]\#
    ,["\u2581A",-9.787],["N",-5.675],["\u2581N",-7.725],["Z",-1.143],["\u2581Z",-5.465],["X",-5.453],["\u2581X",-6.2\#
    71],["(",-11.894],["\u2581(",-9.224],["c",-2.251],["\u2581c",-6.941],[")",-4.88],["\u2581)",-1.0],["\u30ac",-1.7\#
    72],["\u2581\u30ac",-1.003],["\u6771",-11.622],["\u2581\u6771",-3.51],["\u4eac",-6.222],["\u2581\u4eac",-3.362],\#
    ["\u00fc",-1.341],["\u2581\u00fc",-9.799],["s",-4.766],["\u2581s",-6.333],["r",-5.368],["\u2581r",-9.653],["d",-\#
    10.612],["\u2581d",-3.556],["g",-5.071],["\u2581g",-8.011],["l",-7.114],["\u2581l",-12.134],["i",-3.698],["\u258\#
    1i",-2.667],["t",-4.68],["\u2581t",-7.633],["n",-2.408],["\u2581n",-3.084],["\u2581h",-11.591],["\u2581o",-6.169\#
    ],["w",-10.552],["\u2581w",-5.594],["k",-6.883],["\u2581k",-12.828],["m",-6.672],["\u2581m",-2.68],["\u0301",-3.\#
    444],["<",-8.629],["\u2581<",-8.033],[">",-12.396],["\u2581>",-4.575],["/",-4.443],["\u2581/",-8.685],[".",-9.94\#
    8],["\u2581.",-11.532],[",",-1.772],["\u2581,",-11.526],["\u2044",-9.953],["\u2581\u2044",-4.853],["bb",-11.199]\#
    ,["\u2581bb",-4.893],["ss",-11.952],["\u2581ss",-8.576],["tt",-2.13],["\u2581tt",-8.921],["R",-8.73],["\u2581R",\#
    -11.579]],"byte_fallback":false}}
    """#

  static let stepsCases = #"""
    [["",[0,2]],[" ",[0,2]],["bag##s",[0,4,29,21,3,67,2]],["\u00dcbers w[MASK] ",[0,4,29,65,13,15,69,67,86,3,7,3,2]]\#
    ,["ss",[0,4,29,67,67,2]],["m  ",[0,4,29,89,2]],["sZN/ k[<s>m\u0301lantern  n ",[0,4,29,67,3,81,96,4,87,3,0,4,29,\#
    89,91,27,82,2]],["\u00a0\r\n\u2044(\u4e00\u000b \u00fco ",[0,4,29,102,53,3,4,65,3,2]],["Z\u2460 \u0e33 \u0301",[\#
    0,4,29,3,41,4,3,4,91,2]],["##sc\uff76\uff9e\u0378bags \u00dcberbb mask\u0378h/\u0000",[0,4,29,3,67,55,3,23,4,65,\#
    13,15,69,13,13,8,3,96,3,2]],["\u200dm <s> \u0000\u00dcber\u2028 ",[0,4,29,3,89,0,4,29,3,65,13,15,69,2]],["\u00c4\#
     d   \u0924\u0301",[0,4,29,3,72,4,79,2]],["\u00ad\u03a3don't \u3000",[0,4,29,3,71,3,81,3,79,2]],["X\u302e\u08d4f\#
    ired l\u00fc/Z <s> GAo ",[0,4,29,3,17,21,4,4,75,65,96,3,0,4,29,73,9,3,2]],["e\u0301 \u00a0\u00c4]R light",[0,4,2\#
    9,15,4,4,3,69,26,2]],["\u00dcber T\u0924\u0301Lanterns",[0,4,29,65,13,15,69,4,108,27,67,2]],["a<s>\u00dcberii! b\#
    agsT R",[0,4,29,9,0,4,29,65,13,15,69,77,77,3,24,79,4,69,2]],["\u0301\u200b A [MASK]g\uff21\u00c4\u2044mask\u0e33\#
     \u0915\u094d\u0924\u0301i r",[0,4,29,91,3,10,4,3,7,3,73,9,3,102,7,3,4,87,3,79,91,77,4,69,2]],["a\u1734Z\u1fef\u\#
    fb01tt",[0,4,29,9,3,17,108,2]],["ss \u00a0\u00fcw \uff76\uff9e\u3000ab\u0600a",[0,4,29,67,67,4,4,65,85,4,3,12,81\#
    ,2]],["\ud86e\udc20 \u00e9\ufb01\ud83c\udde6\ud83c\udde7 \uff76\uff9e \uf900\ud86e\udc20MASK m",[0,4,29,3,4,15,1\#
    7,3,4,3,4,3,7,90,2]],["\ud86e\udd20\u0301r\u200doe\u0301",[0,4,29,3,91,69,3,15,2]],["\u1100\uac00\u0301 ",[0,4,2\#
    9,73,3,91,2]],["1 un<s>[MASK]light ",[0,4,29,41,4,29,0,4,29,3,7,3,25,2]]]
    """#
}
