"""First names that many people have, and which of them are names in small letters, too, for they are no words."""

from __future__ import annotations

_LATIN = """
    aarav aaron abby abdul abel abigail ada adaeze adam ade adela adelaide adele aditi aditya adnan adolfo
    adrian adriana adrienne adwoa agatha agnes agnieszka agustin agustín ahmad ahmed ahmet aidan aiko aileen
    ainara ainhoa aisha aisling aitana aitor akiko akira akshay akua alan alana alanna alasdair alastair alba
    albert alberta alberto albrecht aldo alec alejandra alejandro alejo aleksandr aleksandra aleksei alessandro
    alessia alex alexander alexandra alexandre alexis alfie alfonso alfred alfredo ali alice alicia alida alina
    alison alistair allan allen alma almudena alois alondra alonso alvaro alyssa amaia amaka amal amalia amanda
    amara amber amelia amelie amina amine amir amit amita amparo amy américo ana anabel anand anas anastasia
    anastasiya anatoly anders andre andrea andreas andrei andres andreu andrew andrey andrzej andré andrés andy
    angel angela angelika angelina angelique angelo angharad angus anika aniket anil anina anita anja anjali
    anke ankit ann anna annabel annabelle annalena anne annegret anneke annelies anneliese annemarie annerose
    annett annette anni anselm anselmo ansgar antje antoine anton antonella antonia antonina antonio antxon
    antía antón anuar anup anya aoife april araceli arantxa archie ariadna ariane arianna ariel arjun arlo
    armando armin arnau arne arno arnold arnulf aroa aron artem arthur arturo arun aruna arvind asha ashley
    ashok asier astrid asuncion asunción athena aubrey audrey augustin augusto aurelia aurelio aurora austin ava
    avery axel aydın ayesha ayhan aylin ayo aysha ayşe aziz azucena barbara barry bart bartosz basilio bastian
    bea beate beatrice beatrix beatriz becca becky belen belinda belén ben benedict benedikt benita benito
    benjamin benjamín benno benny bernadette bernard bernarda bernardo bernd bernhard bernie bert berta bertha
    berthold bertram beryl beth betsy bettina betty beverley beverly bhavna bianca bibiana biggi bilal bill
    birgit birgitta birte bjorn björn blanca blas bob bobby bodo bogdan bola boris borja bożena brad bradley
    brais brandon branko breandán breixo brenda brendan brent bret brett brian brianna bridget brigida brigitte
    britta bronagh bronwen brooke bruce brunhilde bruno bryan bryn brynn burak burkhard byron bärbel caitlin
    caitlyn caleb callum calvin cameron camila camilla camille camilo candela candelaria candice cansu carina
    carl carla carles carlo carlos carlota carmela carmelo carmen carmine carol carola carole carolin carolina
    caroline carolyn carrie carson carsten carys casey caspar cassandra cassie catalina catarina cathal
    catherine cathrin cathy catriona cayetana cayetano cecil cecile cecilia cedric cedrik celeste celia celina
    cem cesar chad chandra chantal charlene charles charlie charlotte chelsea chen cheryl chester chetan chiara
    chidi chinedu chinwe chioma chloe chloé chris chrissie chrissy christa christel christelle christian
    christiane christina christine christof christoph christophe christopher chukwuemeka cian ciara ciaran cilla
    cindy claas claire clara clarice clarissa clark claude claudia claudio claus clemens clement clemente cleo
    clifford clint clive cody colette colin colleen concepción concha conchita connie connor conor conrad
    constanza constanze consuelo cora coralie cordula corina corinna corinne cornelia cornelius cory courtney
    craig cristian cristina cristián cristobal cristóbal curtis cynthia cyril césar dafydd dagmar daisy dalia
    dalila damian damien damon dan dana dandan daniel daniela daniele danielle danilo danny danuta daphne dara
    daria dario darius darren darío dave david dawid dawn dayana dean deanna debbie debora deborah debra declan
    deepa deepak deirdre delia delphine demetrius denis denise deniz dennis derek derrick derya deshawn desiree
    desmond detlef detlev devon dez diana diane diarmuid diego dieter dietlind dietmar dietrich dilys dina dinah
    dinesh dionisio dirk divya dmitri dmitriy dmitry dolores domingo dominic dominik dominique donal donald
    donata donna donncha dora doreen doris dorit dorota dorothea dorothee dorothy doug dougal douglas dragan
    driss duncan dunja dustin dušan dwayne dwight dylan dympna eamon eamonn ebele eberhard ebru eckart eckhard
    eckhart ed edda eddie edelgard edeltraud edgar edith edmund edna eduardo edward edwin effie egon eileen
    eilidh einar ekaterina ekkehard eladio elaine elba eleanor elena eleonora eleonore elfriede eli elian eliana
    elias elif elijah elin elina eliot elisa elisabeth elise eliseo elizabeth elke ella ellen elliot elliott
    elmar eloise eloy eloísa elsa else elvira elvis elwin elżbieta emanuel ember emeka emil emilia emilio emily
    emine emir emma emmanuel emmett emre emrys encarna encarnación endre engelbert enid ennio enrique eoin
    epifanio erhard eric erica erich erik erika erin ernest ernestina ernesto ernst erwin esmeralda esperanza
    esra esteban estefania estefanía estela estella estelle esther ethan ethel etta eugen eugene eugenia eugenio
    eulalia eunice eusebio eva evan evangelina evelin evelina evelyn evgeny ewa ewald ewan ewelina ezequiel ezra
    fabian fadi fadime faisal faith falk farah farid faruk fatima fatma faustino fausto fay faye federica
    federico feli felicia feliciano felicidad felicitas felicity felipe felisa felix femi ferdinand fergus
    ferhat fermin fermín fernanda fernando ffion fidel fidelia filip filippo finn fiona fionn fionnuala fleur
    flora florence florencia florentino florian florin flynn folake fouad frances francesca francesco francine
    francis francisca francisco franco frank franka franz franziska françois frauke fred freddie freddy freya
    frida frieda friedel frieder friederike friedhelm friedrich fritz fritzi frode froilán funmi fyodor fátima
    gabe gabi gabriel gabriela gabriele gabriella gaby gail galina gareth garry gary gaspar gaurav gavin geeta
    gemma gene genevieve geoff geoffrey georg george georgia georgina georgios gerald geraldine gerardo gerd
    gerda gergely gerhard gerhild gerlinde germán gernot geronimo gerrit gerry gert gertrud gertrude gesa gesche
    gethin giacomo gianna gianni gideon gil gilbert gilda giles gill gillian gina ginevra ginny giorgio giovanna
    giovanni gisbert gisela gitta giulia giuseppe gladys glen glenda glenn glenys gloria gonzalo goran gordon
    gottfried grace graciela graham grainne grażyna greg gregor greta gretchen gretel griselda grzegorz gráinne
    guadalupe gudrun guenther guido guillermo gunda gunnar gunter guntram gus gustav gustavo gwen gwendolyn
    gwyneth gökhan götz gülay gülsüm günter günther habib hafsa hailey hakan hal hala halil halima halina hamid
    hamish hana hanan hank hanna hannah hanne hannelore hannes hanno hans hans-peter harald hari harish harriet
    harry hartmut hartwig haruki haruto harvey hasan hassan hatice hattie haydée hazel heather hector hedda
    hedwig heidi heidrun heike heiko heiner heinrich heinz heinz-peter hektor helen helena helga hella helmut
    helmuth hendrik henning henri henriette henrik henrike henry herbert heribert heriberto herman hermann
    hermina hermine herminia herminio hernan hernán hicham hilary hilda hilde hildegard hillary hiltrud hina
    hiroshi hjalmar holger holly horst hortense hortensia howard hubert hubertus huda hugo humberto huong
    hussein huw héctor hülya iain ian ianthe ianto ibrahim ida idoia ieuan ifeoma ignacio ignatius igone igor
    iker ildefonso ilka ilker ilona ilse ilya ilyas imanol imelda imke imogen imran indira ines inga inge
    ingeborg ingmar ingo ingolf ingrid ingvar inka inma inmaculada inocencio inés ioana iolo iratxe irena irene
    iria irina iris irma irmgard irmtraud irvin isa isaac isabel isabell isabella isabelle isaiah isaura isaías
    ishaan isidora isidoro isidro isla ismael ismail isobel israel itziar ivan ivana ivanna ivette ivica ivonne
    ivy iwan iwona iñaki iñigo jacek jacinta jacinto jack jackie jackson jacob jacobo jacqueline jacques jade
    jadwiga jago jaime jaimie jake jakob jalal jamal jameela james jamie jamila jan jana jane janek janet
    janette janice janina janine janis janka janna jannik jannis janosch janusz jaqueline jared jaroslav
    jarosław jarvis jas jasmin jasmine jason jasper jaume javi javier jay jaya jayden jayne jean jean-luc
    jeanette jeannette jeannine jed jeff jelena jemima jenna jennifer jenny jens jeremiah jeremy jeremías jeroen
    jerome jeronimo jerry jerzy jerónimo jesper jess jesse jessica jessie jesus jesús jette jihoon jill jim
    jimena jimmy jisoo jitka jo joachim joan joana joann joanna joanne joao joaquin joaquín jobst jocelyn jochen
    jody joe joel joerg joey johan johann johannes john jolanda jolene jon jonah jonas jonatan jonathan joni
    jordan jordana jordi jorge joris joschka jose joseba josef josefa josefina josefine josep joseph josephine
    josette josh joshua josiah josie josip josé jovana joyce jozef juan juana juanita juanjo judd jude judith
    judy jule jules julia julian juliane julie julien juliet julieta juliette julio julius june jurek jurgen
    justin justina justine justus justyna jutta jyoti józef jörg jörn jürg jürgen kaan kadir kai kaitlyn kamal
    kamil karel karen karim karima karin karl karla karol karola karolin karolina karoline karsten kaspar kasper
    katarina katarzyna kate katharina kathi kathleen kathrin kathryn kathy kati katia katie katja katrin katrina
    katy kavita kay kaya kayla keiko keira keith kelly kelsey kemal ken kenan kendra kenji kenneth kenny kent
    kenta kerry kerstin kevin khadija khalid kian kieran kike kiki kim kira kiran kirk kirsten kirstin kirsty
    kit klara klaus kofi konrad konstantin korbinian kordula kosta kris krishna krista kristen kristian kristin
    kristina kristof kristopher krystyna krzysztof kunigunde kurt kwabena kwame kwesi kyle kylie kyra ladislao
    laila lakshmi lana lance lanre lara larissa larry lars lasse lata latifa latoya laura lauren laurence
    laurent lauri laurie laurin lavinia lawrence layla lea leah leandro leanne lee leif leigh leila leire lena
    leni lenka lenn lennart lennox lenny leo leocadia leon leonard leonardo leonhard leonie leonora leonore
    leopold leopoldo leroy lesley leslie leszek leticia letizia levi lewis lia liam liane lidia liesbeth liese
    liesel lieselotte lili lilian liliana lilith lillian lilly lily lina linda linh linus lionel lisa lisbeth
    liselotte livia liz liza ljiljana llewellyn lluís logan loida lois lola lolita lore lorena lorenza lorenzo
    loreto loretta lorna lorraine lothar lotte lottie lou louella louis louisa louise lourdes lowri luana luc
    luca lucas lucia lucian luciana luciano lucie lucien lucila lucinda lucrecia lucy lucía ludger ludmila
    ludwig luigi luis luisa luisana luise luitpold luka lukas lukasz luke luz lydia lyle lyn lynda lynette lynn
    lynne lyudmila mabel macarena maciej mackenzie maddie madeleine madeline madison mads magali magda magdalena
    maggie magnus maha mahesh mahmoud mai maia maik maike maisie maite maja majid makoto malachy malala malcolm
    malgorzata malik malika malin malina malte malva mandy manfred manish manoj manoli manolita manolo manuel
    manuela mara marc marcel marcela marcelina marcelino marcelo marcia marcin marco marcos marcus mareike marek
    maren marga margaret margareta margarete margarethe margarida margarita marge margery margherita margit
    margot margret margrit marguerite mari maria mariam marian mariana marianela marianne maribel maricarmen
    marie marieke mariela marielle marietta marija marika mariluz marilyn marina mario marion marisa mariska
    marisol marit marita marius mariusz marjorie mark marko markus marla marleen marlen marlene marley marlies
    marlis marlon marta marten martha marthe martin martina martyn martín maruja marvin marwan mary mary-ann
    maryam maryann maría mateo mateusz mathew mathias mathieu mathilda mathilde matias matilda matilde mats matt
    matteo matthew matthias matthäus matti matías maud maude maureen maurice mauricio mauritz mauro max maxim
    maxime maximilian maximiliano maxine maya małgorzata mechthild meena meera meg megan mehdi mehmet mehtap
    meike meinhard meinolf mel melanie melek melina melinda melisa melissa melody meltem melvin mercedes merche
    mercè meredith meriem merle merlin mert merve meryem metin mia micaela micha michael michaela michal
    michalina michał michele michelle mick mickey miguel mikael mike mikel mikhail mikkel mila milagros milan
    milena miles milica millie milo miloš milton mina minh minji minna minnie mirabel mirco mireia mirela
    mirella miriam mirja mirjam mirjana mirko miroslav misha mitch mitchell mohamed mohammed mohan moira moises
    moisés molly mona monica monika monique montse montserrat morgan moritz morten moses mounir mourad muhammad
    muhammed mukesh murat muriel murray mustafa myles myra myriam myrtle nabil nacho nadezhda nadia nadine nadir
    nadja nahia naiara naima najat nancy nandini naoko naomi narciso nasrin nasser nastya natacha natalia
    natalie natalya natascha natasha nate nathalie nathan nathaniel naveen nazan nazaret ned neele neha neil
    nekane nele nell nellie nelly nelson nenad nerea nerys nestor neus neve ngozi niall niamh nicholas nick
    nicky nico nicola nicolas nicole nicoletta nieves nigel nik nikhil niki nikita niklas niko nikola nikolai
    nikolas nikolaus nikos nils nina nisha nitin nkechi noa noah noel noelia noemi noemí nora norbert noreen
    norma norman nour noëlle nuala nuno nuray nurcan nuria nydia néstor núria obi obinna octavia octavio odette
    odile ofelia oisin okan oksana olaf olalla olaya oleg olegario oleksandr olena olga olimpia olive oliver
    olivia olivier olu olumide oluwaseun olwen omar onur oona ophelia orhan oriol orla orlaith orlando orson
    ortrud ortrun ortwin osama oscar oskar osman osvaldo oswald otilia otis ottilie otto owain owen oya pablo
    paco paige pallavi paloma pam pamela paola paolo paquita paquito parvati pascal pascale pascual pat patrice
    patricia patrick patrik patrizia patsy patti pau paul paula paulette paulina pauline paulino paulo pavel
    paweł paz pearl pedro peer peggy penelope penny pep pepa pepe percy perla perry petar pete peter petr petra
    petronila petros phil philine philip philipp philippa philippe phillip phoebe phuong phyllis pia pierluigi
    pierre piers pieter pietro pilar pili piotr piper pippa placido poldi polina polly pooja poppy porfirio
    prabhu pradeep prakash pranav preeti primitivo priscilla priti priya priyanka prudencia purificación pía
    pınar quentin quincy quinn quirin rachel rachid radek radmila rafael rafaela rafał rahel rahul raimund
    raimundo rainald rainer raisa raj rajan rajesh rajiv rakesh ralf ralph ramesh rami ramiro ramon ramona ramón
    randall randolph randy rani rania raphael raphaela raquel rashid rashmi raul raven ravi ray raymond raúl
    rebeca rebecca rebekka recep reece reem reena reg reggie regina regine reinaldo reiner reinhard reinhardt
    reinhild reinhold rekha reme remedios remigio renata renate rene rené renée reuben rex reyes reza rhiannon
    rhoda rhodri rhona rhys ria ricarda ricardo riccardo richard richie rick ricky rida rikke riley rina ringo
    rita ritu rob robbie robby robert roberto robin robyn rocio rocío rodney rodolfo rodrigo rogelio roger rohan
    rohit roisin roland rolando rolf romain roman romana romeo romina romy ron ronald ronan ronja ronnie ronny
    rory rosa rosalia rosalind rosalinda rosalía rosanna rosario rosaura roselyn rosemarie rosemary roser roshan
    rosie rosina rosita ross roswitha rowan rowena roxana roxanne roy roz ruben ruby rubén rudi rudolf rudy
    rufus rune rupert ruslan russ russell ruth ryan ryszard régis rémi róisín saanvi sabela sabina sabine sabino
    sabri sabrina sachin sadie saeed sahra salim sally sally-ann salma salome salvador salvatore sam samantha
    samia samir samira sammy samuel samuele sana sandeep sandhya sandra sandro sandy sangeeta sanjay sanjeev
    sanna santi santiago saoirse sara sarah sarita sascha saskia satoshi saul savannah savita saïd saúl scarlett
    scott seamus sean sebastian sebastiano sebastián sedat selena selim selina selma selçuk semra sepp serap
    serena serge sergei sergey sergi sergio serhat serkan seun sevda severin severine severino sevgi seyma
    shalini shane shania shankar shannon shanti sharon shaun shauna shawn shea sheena sheila shelby sheldon
    shelley shelly sherry shilpa shira shirin shirley shiv shona shreya shyam sian sibel sibylle sid siddharth
    sidney siegbert siegfried sieglinde siegmar siegmund siegrid siegrun sienna sierra sigmund signe sigrid
    sigrun silas silke silvan silvana silvester silvestre silvia silvina silvio simon simona simone simonetta
    simran simón sina sinan sindy siobhan siobhán sissy sita sixto siân skye slobodan smita sneha snežana sofia
    sofiane sofie sofya sofía sol solange soledad solveig sonal sonia sonja sonya soojin sophia sophie soraya
    soren soumaya spencer stacey stacy stanislaw stanisław stanley stefan stefani stefania stefanie stefano
    steffen steffi stella stellan sten stephan stephanie stephany steve steven stewart stine stuart sudha sue
    sunil sunita sunniva suresh surya susan susana susann susanna susanne suse susi susie suso suzanne suzie
    svea sven sven-erik svend svenja svetlana svitlana swantje swati sybille sydney sylvia sylvie sylwia séamus
    sönke sören sławomir tabea tabitha tadeo tadeusz takashi talia talitha tamar tamara tami tamika tammy tamsin
    tamás taner tania tanja tanvi tanya tarek tariq tarja tarun tarık tasha tatiana tatjana tatyana taylor ted
    teddy tegan telma temi tengku teo teodora teodoro terence teresa teresita teri terrence terry tess tessa
    teófilo thaddäus thanh thea thekla thelma theo theodor theodora theodore theresa therese theresia thiago
    thibault thierry thilo thomas thomasina thora thorben thorsten thure thuy tia tiago tiberio tibor tiffany
    tilda tillmann tilman tilmann tim timo timon timothy timothée tina tine tirso tita titus tobi tobias tobin
    toby todd tolga tom toma tomas tomasa tomasz tommy tomás toni tonia tonje tony torben tore torsten tove
    tracey traci tracy trang traudl trent trevor tricia trini trinidad tristan trixi trudi trudy tuan tunde
    turgut txema tyler tyra tyrone ubaldo uche uday udo ufuk ulf uli ulla ulli ulrich ulrika ulrike uma umberto
    umut unai urbano urs ursel ursula urszula uschi usha ute uwe uxía valentin valentina valentino valentín
    valeria valerian valeriano valerie valery vandana vanesa vanessa vanja varun vasil vasile vasili vaughn
    velma venancio vera verena veronica veronika verónica vesna vicenta vicente vicki vicky victor victoria
    victorina vidal vidya viggo vijay vikas vikram viktor viktoria vilma vinay vince vincent vincenzo vinod
    viola violet violeta violetta virgil virgilio virginia virginie vishal vitaly vito vittoria viv viveka
    vivian viviana vivien vivienne vlad vladimir vlado volkan volker volkmar víctor wafa walburga waldemar walid
    wallace walter waltraud wanda wanja warren warwick wayne wendy wenzel werner wes wesley whitney wiebke
    wieland wiesław wilfred wilfredo wilfried wilhelm wilhelmina wilhelmine will willem willi william willy
    wilma wilmer winfried winifred winnie winona winston wojciech wolf wolfgang wolfram woody wyatt wyn xabi
    xabier xaver xavier xenia ximena xoán xènia yael yago yahya yannick yannis yara yasemin yash yasin yasmin
    yasmina yasmine yasser yassin yavuz yesenia yetunde yevgeny yoko yolanda yolande yosef younes yousef yousra
    youssef yuki yulia yumi yuri yusuf yves yvette yvonne zachary zack zahra zainab zaira zakaria zara zbigniew
    zdenka zdzisław zehra zeinab zelda zenón zeynep ziad zita zlata zoe zofia zoltan zora zoraida zoran zoé zoë
    zsofia zuleika zulema zuzana álvaro ángel ángela ángeles ömer özge özlem úrsula ümit łukasz şule željko
"""
_CYRILLIC = """
    аврора агата агафья аглая агния агриппина адам аделина азамат азат аида айгуль айдар айнур айрат акоп
    аксинья акулина алан алевтина алексан александр александра александрина алексей алена алик алим алина алиса
    алия алла алсу алтынай альберт альбина альфия алёна алёша амина амир анастасия анатолий анатоль ангелина
    андрей анеля анжела анжелика аниса анита анна антон анфиса анюта аня аполлинария арам арина аристарх аркадий
    арман армен армине арнольд арсен арсений арслан артем артур артём архип асель асия ася афанасий ашот аяна
    белла богдан богдана богуслава болеслав борис борислав бронислав булат бэлла вадим валентин валентина
    валерий валерия валерьян валя варвара вардан варя василий василина василиса вася венера вениамин вера
    вероника веселина вика викентий виктор виктория викуля вилен виолетта виссарион вита виталий виталина влад
    влада владимир владислав владислава владлен влас володя всеволод вячеслав вячеслава гавриил галина галя
    гамлет гарик гаяне гелена гена генадий геннадий георгий герман гертруда глафира глеб гоша григор григорий
    гузель гульназ гульнара гульшат гуля давид дамир дана даниил данил данила данияр дарина дария дарья даря
    даша демид демьян денис диана дима дина динара дмитрий долорес доминика дорофей ева евгений евгения евдоким
    евдокия евлампия евпраксия евсей егор екатерина елена елизавета елисей ефим ефросинья жанна женя жора забава
    зарина заур захар земфира зина зинаида злата зоя зульфия зухра ибрагим иван иванна игнат игнатий игорь
    изабелла измаил изольда илона ильдар ильнур илья ильяс инга инесса инна иннокентий иосиф ипполит ира ираида
    ираклий ирина ирэн искандер карен карина каролина катя кира кирилл клавдий клавдия клара клим климент коля
    кондрат конкордия константин костя кристина ксения ксюша кузьма лада лали лана лариса лев левон лейла лена
    леонид лера леся леша лида лидия лиза лика лилиана лилия лиля лина лолита лора луиза лука лукерья лукьян
    лусине люба любава любовь люда людмила люсьен люся люция лёва лёня лёша магомед майя макар макс максим
    малика мальвина мансур марат маргарита мариам мариана марианна марина мариэтта мария марк марта марфа матвей
    матрёна маша медея мелания мерседес милана милена мирон мирослав мирослава митрофан митя михаил миша модест
    мстислав муса муслим надежда надя назар назим наиль наина наоми нариман нарине настя ната наталия наталья
    натан наташа натела наум нелли неля ника никанор никита никифор никодим николай нина нинель нонна норайр
    нурия нурлан ованес оганес оксана октябрина олег олеся олимпиада ольга оля онисим орест осип оскар остап
    павел павла пантелей паша петр платон полина прасковья прохор пётр равиль рада радик радмила раиса рамазан
    рамиль рамиля раушан рафаэль рашид рая регина ренат рената римма ринат рита роберт родион роза розалия роман
    ростислав рубен рудольф рузанна руслан рустам руфина рушан сабина савва савелий салават самвел самуил саня
    санёк сарра саша света светлана святослав севастьян семен семён серафим серафима сергей серж серёжа сима
    слава снежана снежанна сонечка соня софия станислав станислава стас стелла степан степанида стефания стёпа
    сусанна сюзанна таисия таисья тамара таня тарас татьяна таша тая тереза терентий тигран тимофей тимур тихон
    тома трофим ульяна устинья фаина фания фарид фатима федор федот феликс филипп филя фирюза флора фома фрида
    фёдор фёкла хадижа хасан христина эвелина эдгар эдик эдита эдуард элина эльвира эльдар эльза эльмира эля
    эмилия эмиль эмма эрик эрика эрнест эсмеральда юлиан юлиана юлий юлия юля юнус юра юрий юстина яков ян яна
    янина ярослав ярослава яша
"""
# Those that are words, too: names only where they are written with a capital.
_WORDS_TOO = """
    ada amber angel april art august bill can candela carina cora daisy dawn dolores ernst esperanza eli faith
    falk flora
    frank freya gene grant grace hazel heather holly iris ivy jack jade jan jasmin jay joy june
    kay kit lea lee lily linda lou luz mac mark mar max may maya mel mercedes milagros mina miles misty nieves
    olive pat paz pearl penny pepe pilar pia ray reyes rich rob robin rocío rosa rosario rose ruby
    salvador sandy sol soledad stella sue summer till trinidad urs van victoria viola violeta violet
    wade will wolf león consuelo ángel amparo ángeles encarnación concha estela aurora blanca alba celeste marina
    perla remedios rosalía socorro virginia asunción concepción inmaculada purificación
    вера надежда любовь слава света роман лев мира майя лада ника рада роза лина лука клим макс марк злата лилия
    тома рая сима забава каролина виола флора августа август
"""
FIRST_NAMES = frozenset((_LATIN + _CYRILLIC).split())
NAMES_IN_SMALL = FIRST_NAMES - frozenset(_WORDS_TOO.split())
