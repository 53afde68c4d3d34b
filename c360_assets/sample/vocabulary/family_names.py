"""Family names by culture: a list of common ones, and parts that combine to the long tail."""

FAMILY_NAMES: dict[str, str] = {
    "german": """Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer Koch Bauer Richter
        Klein Wolf Schröder Neumann Schwarz Zimmermann Braun Krüger Hofmann Hartmann Lange Schmitt Werner Krause
        Lehmann Köhler Huber Gruber Steiner Weiß Jäger Vogel Keller Günther Brandt Böhm""",
    "english": """Smith Jones Williams Taylor Brown Davies Evans Wilson Thomas Roberts Johnson Walker Wright Robinson
        Thompson White Hughes Edwards Green Hall Wood Harris Lewis Martin Jackson Clarke Miller Davis Anderson Moore
        Campbell Mitchell O'Brien Murphy Kelly Stewart MacDonald Bennett Foster Hayes""",
    "french": """Martin Bernard Dubois Thomas Robert Richard Petit Durand Leroy Moreau Simon Laurent Lefebvre Michel
        Garcia Bertrand Roux Vincent Fournier Morel Girard André Mercier Dupont Lambert Bonnet François Legrand
        Garnier Faure Rousseau Blanc Guérin Boyer Lemaître""",
    "spanish": """García González Rodríguez Fernández López Martínez Sánchez Pérez Gómez Martín Jiménez Ruiz Hernández
        Díaz Moreno Muñoz Álvarez Romero Alonso Gutiérrez Navarro Torres Domínguez Vázquez Ramos Gil Ramírez Serrano
        Blanco Molina Morales Suárez Ortega Delgado Castro""",
    "italian": """Rossi Russo Ferrari Esposito Bianchi Romano Colombo Ricci Marino Greco Bruno Gallo Conti De\u00a0Luca
        Mancini Costa Giordano Rizzo Lombardi Moretti Barbieri Fontana Santoro Mariani Rinaldi Caruso Ferrara Galli
        Martini Leone Longo D'Angelo Serra Vitale""",
    "dutch": """de\u00a0Jong Jansen de\u00a0Vries van\u00a0den\u00a0Berg van\u00a0Dijk Bakker Janssen Visser Smit Meijer
        de\u00a0Boer Mulder de\u00a0Groot Bos Vos Peters Hendriks van\u00a0Leeuwen Dekker Brouwer de\u00a0Wit Dijkstra
        Smits de\u00a0Graaf Peeters Maes Jacobs Mertens Willems Claes Goossens Wouters""",
    "nordic": """Andersson Johansson Karlsson Nilsson Eriksson Larsson Olsson Persson Svensson Gustafsson Nielsen
        Jensen Hansen Pedersen Andersen Christensen Larsen Sørensen Rasmussen Jørgensen Lindberg Lindström Bergström
        Holm Møller Sjöberg Åberg Nyström Dahl Lund""",
    "finnish": """Korhonen Virtanen Mäkinen Nieminen Mäkelä Hämäläinen Laine Heikkinen Koskinen Järvinen Lehtonen
        Lehtinen Saarinen Salminen Heinonen Niemi Heikkilä Kinnunen Salonen Turunen Salo Laitinen Tuominen Rantanen""",
    "polish": """Nowak Kowalski Wiśniewski Wójcik Kowalczyk Kamiński Lewandowski Zieliński Szymański Woźniak Dąbrowski
        Kozłowski Jankowski Mazur Wojciechowski Kwiatkowski Krawczyk Kaczmarek Piotrowski Grabowski Zając Pawłowski
        Michalski Król Wróbel Jabłoński Górski Łukasik""",
    "turkish": """Yılmaz Kaya Demir Şahin Çelik Yıldız Yıldırım Öztürk Aydın Özdemir Arslan Doğan Kılıç Aslan Çetin
        Kara Koç Kurt Özkan Şimşek Polat Korkmaz Çakır Erdoğan""",
    "arabic": """Hassan Ali Ahmed Khalil Ibrahim Haddad Mansour Saleh Nasser Khoury Aziz Farah Rahman Hussein Salem
        Hamdan Abbas Darwish Najjar Bakri Othman Qasim Sharif Zidan""",
    "indian": """Sharma Patel Singh Kumar Gupta Reddy Nair Iyer Mehta Joshi Verma Das Rao Chopra Desai Kapoor Banerjee
        Mukherjee Shah Agarwal Malhotra Bhat Pillai Menon Khan Kaur Chatterjee Naidu""",
    "chinese": """Wang Li Zhang Liu Chen Yang Huang Zhao Wu Zhou Xu Sun Ma Zhu Hu Guo He Lin Gao Luo Zheng Liang
        Xie Song Tang Deng Feng Cao Peng Zeng Xiao Tian Dong Pan Yuan Cai Jiang Yu Du Ye""",
    "vietnamese": """Nguyen Tran Le Pham Hoang Phan Vu Dang Bui Do Ho Ngo Duong Ly Dinh Truong Lam Mai""",
    "slavic": """Ivanov Petrov Smirnov Kuznetsov Popov Volkov Sokolov Morozov Novikov Kovalenko Shevchenko Bondarenko
        Tkachenko Kravchenko Boyko Lysenko Dimitrov Georgiev Stoyanov Kolesnik Melnyk Orlov Pavlenko Zaytsev""",
    "greek": """Papadopoulos Georgiou Dimitriou Nikolaidis Ioannidis Konstantinou Makris Angelopoulos Vlachos
        Karagiannis Antoniou Economou Panagiotou Christodoulou Alexiou Samaras Pappas Kostopoulos""",
    "portuguese": """Silva Santos Ferreira Pereira Oliveira Costa Rodrigues Martins Sousa Fernandes Gonçalves Gomes
        Lopes Marques Almeida Ribeiro Pinto Carvalho Teixeira Moreira Correia Mendes Nunes Araújo""",
    "african": """Okafor Okonkwo Adeyemi Balogun Eze Mensah Owusu Boateng Asante Dlamini Nkosi Ndlovu Mokoena
        Mwangi Ochieng Kariuki Diallo Traoré Sow Ndiaye Keita Camara Abiodun Osei""",
}

# (first parts, second parts): the tail of rarer names.
FAMILY_PARTS: dict[str, tuple[str, str]] = {
    "german": (
        """Berg Stein Wald Feld Bach Brunn Linden Eichen Buch Rosen Oster Wester Nieder Ober Hinter Kirch Stock Hirsch
        Adler Falken Sonn Winter Sommer Kalt Hoch Lang Kurz Alt Neu Breit Gold Silber Eisen Kupfer Mühl Holz Dorn
        Heid Moos Reh""",
        "mann er bauer hofer meier ner hauser inger felder huber brecht egger acker schmied wirth stetter",
    ),
    "english": (
        """Ash Black Brad Brook Chester Crow Dal East Fair Green Hal Hart Haw Hol King Lang Long Mar Mil North Oak Pem
        Pres Red Rock Rush Ship Stan Sut Thorn Wake West Whit Win Wool Wynd""",
        "ford ton ley wood field by worth well ham bourne brook combe den more stead ridge",
    ),
    "french": (
        """Beau Bel Bon Bois Cham Chate Clair Cour Du Fon Gran Haut Lan Mar Mon Mont Per Pré Ri Ro Saint- Val Vau Ver
        Ville""",
        "mont bert fort lieu val vert nier champ court chet beau pin rand tier lard nel roy clair",
    ),
    "italian": (
        """Bald Bell Bern Berton Bon Cap Card Cast Cerv Fab Fald Gall Gamb Gent Grass Lap Lucch Mag Mart Mazz Mont Pal
        Pell Per Piccol Rog Sab San Tes Zan""",
        "ini etti ucci elli one ari asso izzi eri ino ato olo igno acci",
    ),
    "dutch": (
        "van\u00a0der van\u00a0den de van\u00a0het van\u00a0'tHof ter ten".replace("van\u00a0'tHof", "op\u00a0den"),
        """Meer Heijden Linden Veen Berg Broek Horst Velde Laan Wal Kamp Brink Wiel Steen Bosch Heuvel Maas Ploeg Pol
        Zand Weide Hoek Sluis Zwaan Haan Bruin Ridder Koning Bever""",
    ),
    "nordic": (
        """Berg Lind Ny Ek Björk Sand Ström Hag Lund Sjö Hol Gran Sten Fors Eng Ås Dal Sund Wall Öst Väst Nord Söder
        Hed Al Rosen""",
        "berg ström qvist lund holm gren man mark blad dahl feldt vall gård bäck",
    ),
    "finnish": (
        """Aho Haka Hieta Honka Järve Kallio Kata Kivi Koivu Kuusi Lepi Mänty Niemi Ojan Pelto Ranta Saari Tamme Vuori
        Ylä""",
        "nen lä mäki niemi la ranta saari lainen aho järvi",
    ),
    "polish": (
        """Adam Bartosz Bogd Born Brzoz Czar Dom Gaw Jas Kal Kor Kras Lip Mal Mar Mil Ols Ostr Pol Raw Sad Sok Star
        Tom Wal Wil Zal Zar Kwas Leś""",
        "ski ewski owski czyk iak icki owicz kiewicz ek ała iński",
    ),
    "slavic": (
        "Bel Bog Chern Dan Fed Gon Kar Kor Kras Lav Leb Log Maks Mir Naz Nik Osip Pan Rom Sav Sid Tar Tim Var Yak Zhur",
        "ov enko sky in chenko ev yuk ich chuk",
    ),
    "turkish": (
        "Ak Al Ay Bal Baş Can Demir Er Gök Gül Güner Kar Koca Koç Öz Sarı Taş Tek Tun Us Yalç",
        "türk er kaya oğlu soy tekin alp can demir taş ay gül",
    ),
    "greek": (
        "Anast Athan Chrys Dim Efth Fot Grig Hatz Kal Kap Karam Lamp Mich Pap Paras Stav Theod Tsak Vas Zach",
        "opoulos idis akis atos oglou eas akos iadis",
    ),
}
